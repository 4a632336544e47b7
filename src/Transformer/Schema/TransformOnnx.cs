namespace MlNetNtd;

/// <summary>Writes the transform's columns to the ONNX model of ML.NET's <c>ConvertToOnnx</c>.</summary>
internal static class TransformOnnx
{
    /// <summary>Writes the columns.</summary>
    public static void Write(MLNetOnnxGraph graph, BoundTransformSchema schema)
    {
        var settings = schema.Settings;
        var (context, candidates) = CombinedGraph.Write(
            graph, graph.GetInput(schema.Previous), graph.GetInput(schema.Current), [.. settings.InitialEmbedding], settings.MaxTokens,
            settings.TruncateToMaxTokens, settings.CandidatesPerToken);
        var (batch, tokens) = (graph.Size(candidates, 0), graph.Size(candidates, 1));
        int? padded = settings.PadToMaxTokens ? settings.MaxTokens : schema.Known?.Tokens;
        if (settings.PadToMaxTokens)
        {
            (context, candidates) = (
                Pad(graph, context, batch, settings.MaxTokens, settings.EmbeddingDimension),
                Pad(graph, candidates, batch, settings.MaxTokens, settings.CandidatesPerToken * settings.EmbeddingDimension));
        }

        if (settings.CandidatesPerToken > 1)
            candidates = graph.Reshape(candidates, 0, -1, settings.EmbeddingDimension);
        var halves = graph.Concat(1, context, candidates);
        graph.SetOutput(
            schema.Output[schema.CombinedIndex],
            padded is { } known ? graph.Reshape(halves, 0, (1 + settings.CandidatesPerToken) * known, settings.EmbeddingDimension) : graph.Reshape(halves, 0, -1));
        if (settings.MaskColumn is not null)
            graph.SetOutput(schema.Output[schema.MaskIndex], Mask(graph, settings, batch, tokens, padded));
        if (settings.TokenCountColumn is not null)
        {
            var count = graph.Cast(tokens, OnnxType.Int32);
            graph.SetOutput(schema.Output[^1], graph.Expand(count, graph.Concat(0, batch, graph.Vector(1))));
        }
    }

    // (B, T, width) -> (B, P, width), with zeros after the tokens.
    private static string Pad(OnnxGraph graph, string part, string batch, int maxTokens, int width)
    {
        var zeros = graph.Expand(graph.Scalar(0f), graph.Concat(0, batch, graph.Vector(maxTokens, width)));
        return graph.Gather(graph.Concat(1, part, zeros), graph.Vector([.. Enumerable.Range(0, maxTokens)]), 1);
    }

    // (B, P + K * P, P + K * P), or (B, (P + K * P)²) if P is unknown, as ML.NET has the types.
    private static string Mask(OnnxGraph graph, TransformSettings settings, string batch, string tokens, int? padded)
    {
        var allowed = CombinedGraph.Allowed(graph, tokens, padded is { } known ? graph.Vector(known) : tokens, settings.CandidatesPerToken);
        var mask = settings.MaskKind switch
        {
            MaskKind.Blocked => graph.Not(allowed),
            MaskKind.Allowed => allowed,
            _ => graph.Where(allowed, graph.Scalar(0f), graph.Scalar(float.NegativeInfinity)),
        };
        return padded is null
            ? graph.Expand(graph.Reshape(mask, 1, -1), graph.Concat(0, batch, graph.Vector(1)))
            : graph.Expand(mask, graph.Concat(0, batch, graph.Vector(1, 1)));
    }
}
