namespace MlNetNtd;

/// <summary>Writes the score columns to the ONNX model of ML.NET's <c>ConvertToOnnx</c>.</summary>
internal static class ScorerOnnx
{
    /// <summary>Describes why the score columns have no ONNX form, as one sentence or two; null if they have one.</summary>
    public static string? FindProblem(BoundScorerSchema schema)
    {
        var (columns, settings) = (schema.Columns, schema.Settings);
        return FindPrecisionProblem(settings) ?? FindMaskProblem(columns) ?? FindCountProblem(columns, settings);
    }

    /// <summary>Describes why a network of this precision has no ONNX form; null if it has one.</summary>
    public static string? FindPrecisionProblem(ScorerSettings settings) => settings.Config.Precision == ComputePrecision.Single
        ? null
        : $"Precision: expected {ComputePrecision.Single}, found {settings.Config.Precision}. Copy the weights to a network with Precision = Single, and convert scorer.WithWeights(network).";

    /// <summary>Describes masks that an ONNX model cannot apply; null if all follow the next-token rule.</summary>
    public static string? FindMaskProblem(BoundInputColumns columns)
    {
        if (columns.Mask.Column is { } mask)
        {
            return $"mask column '{mask.Name}': expected masks that follow the next-token rule by the annotation {AnnotationNames.AttentionMaskRule}, and a number of tokens "
                + "that the schema or the token count column tells, found masks whose values are read in each row. Keep the transform's annotations, and with padding set TokenCountColumnName.";
        }

        return columns.Mask.Shared is null
            ? null
            : $"feature column '{columns.Feature.Name}': expected masks that follow the next-token rule, found another mask in the annotation {AnnotationNames.AttentionMask}.";
    }

    /// <summary>Writes the columns.</summary>
    public static void Write(MLNetOnnxGraph graph, BoundScorerSchema schema)
    {
        var (columns, settings) = (schema.Columns, schema.Settings);
        var perToken = columns.CandidatesPerToken;
        var (context, candidates) = SplitHalves(graph, columns, settings);
        var logits = new DiscriminatorGraph(graph, settings.Config, name => settings.Weights[name], perToken).Write(context, candidates);
        var count = CountsEveryToken(columns) ? null : columns.TokenCount;
        var scores = count is { } column
            ? new ScoreGraph(
                graph, logits, settings.Weights.Temperature, graph.Reshape(graph.Cast(graph.GetInput(column), OnnxType.Int64), -1, 1),
                graph.Vector((columns.Mask.Tokens ?? columns.PaddedTokens)!.Value), perToken)
            : new ScoreGraph(graph, logits, settings.Weights.Temperature);
        var tokenScores = settings.PadTokenScores ? Pad(graph, scores.TokenScores, columns, settings) : scores.TokenScores;
        if (perToken > 1)
            tokenScores = graph.Reshape(tokenScores, 0, -1, perToken);
        foreach (var output in schema.Output.Where(column => schema.IsAdded(column.Index)))
        {
            graph.SetOutput(output, output.Name switch
            {
                ScoreColumns.PredictedLabel => scores.PredictedLabel,
                ScoreColumns.Score => scores.Score,
                ScoreColumns.Probability => scores.Probability,
                ScoreColumns.TokenProbabilities => ScoreGraph.GetProbability(graph, tokenScores, settings.Weights.Temperature),
                _ => tokenScores,
            });
        }
    }

    private static string? FindCountProblem(BoundInputColumns columns, ScorerSettings settings)
    {
        if (columns.TokenCount is not { } count || CountsEveryToken(columns))
            return null;
        if (columns.PaddedTokens is null)
        {
            return $"token count column '{count.Name}': expected a feature column '{columns.Feature.Name}' of known size, as rows of one length are padded in ONNX, "
                + $"found {columns.Feature.Type}. Set PadToMaxTokens in the transform's options.";
        }

        return settings.PadTokenScores
            ? null
            : $"token count column '{count.Name}': expected PadTokenScores to be true, as the token scores of all rows have one length in ONNX, found false. Convert scorer.WithPadTokenScores(true).";
    }

    // The transform's own count of rows that are not padded is their length.
    private static bool CountsEveryToken(BoundInputColumns columns) =>
        columns.TokenCount is { } count && columns.PaddedTokens is null && MaskAnnotations.IsTokenCountOf(count, columns.Feature.Name);

    // The tokens that are scored, if the schema says it: without padding and without what is truncated.
    private static int? CountScored(BoundInputColumns columns, ScorerSettings settings)
    {
        var tokens = columns.Mask.Tokens ?? columns.PaddedTokens;
        return settings.Truncates && tokens > settings.Config.MaxTokens ? settings.Config.MaxTokens : tokens;
    }

    private static (string Context, string Candidates) SplitHalves(MLNetOnnxGraph graph, BoundInputColumns columns, ScorerSettings settings)
    {
        if (columns.CandidatesPerToken > 1)
            return SplitSeveral(graph, columns, settings);
        var halves = graph.Reshape(graph.GetInput(columns.Feature), 0, 2, -1, columns.Dimension);
        if (CountScored(columns, settings) is { } scored)
        {
            if (scored != columns.PaddedTokens)
                halves = graph.Gather(halves, graph.Vector([.. Enumerable.Range(0, scored)]), 2);
        }
        else if (settings.Truncates)
        {
            halves = graph.Gather(halves, CombinedGraph.GetPositions(graph, graph.Size(halves, 2), settings.Config.MaxTokens, truncates: true), 2);
        }

        return (graph.Gather(halves, graph.Scalar(0L), 1), graph.Gather(halves, graph.Scalar(1L), 1));
    }

    // The context is shorter than the candidates, so each is cut by itself.
    private static (string Context, string Candidates) SplitSeveral(MLNetOnnxGraph graph, BoundInputColumns columns, ScorerSettings settings)
    {
        var combined = graph.Reshape(graph.GetInput(columns.Feature), 0, 1 + columns.CandidatesPerToken, -1, columns.Dimension);
        var (context, candidates) = CombinedGraph.Split(graph, combined, columns.Dimension, columns.CandidatesPerToken);
        var scored = CountScored(columns, settings);
        if (scored is null ? !settings.Truncates : scored == columns.PaddedTokens)
            return (context, candidates);
        var positions = scored is { } count
            ? graph.Vector([.. Enumerable.Range(0, count)])
            : CombinedGraph.GetPositions(graph, graph.Size(candidates, 1), settings.Config.MaxTokens, truncates: true);
        return (graph.Gather(context, positions, 1), graph.Gather(candidates, positions, 1));
    }

    private static string Pad(OnnxGraph graph, string tokenScores, BoundInputColumns columns, ScorerSettings settings)
    {
        if (columns.PaddedTokens is not { } padded || CountScored(columns, settings) is not { } scored || scored == padded)
            return tokenScores;
        var shape = graph.Concat(0, graph.Size(tokenScores, 0), graph.Vector((padded - scored) * columns.CandidatesPerToken));
        return graph.Concat(1, tokenScores, graph.Expand(graph.Scalar(float.NaN), shape));
    }
}
