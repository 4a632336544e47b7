namespace MlNetNtd;

/// <summary>Writes a scorer's outputs to an ONNX graph, from the logits of candidates.</summary>
internal sealed class ScoreGraph
{
    /// <summary>Writes the scores of rows.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="logits">The logits, (B, T); (B, T * K) with K candidates of each token.</param>
    /// <param name="temperature">The temperature of probabilities.</param>
    /// <param name="tokenCount">
    /// The number of real tokens of each row, 64-bit integers, (B, 1). The logits of later tokens are padding; the number may exceed T
    /// only as far as <paramref name="maxTokenCount"/>, because the model truncates. Null: all tokens are real.
    /// </param>
    /// <param name="maxTokenCount">The largest valid token count, (1). Null: T. A row with another count gets NaN.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public ScoreGraph(
        OnnxGraph graph, string logits, float temperature, string? tokenCount = null, string? maxTokenCount = null, int candidatesPerToken = 1)
    {
        var tokens = graph.Size(logits, 1);
        if (candidatesPerToken > 1)
            (tokenCount, maxTokenCount) = (CountCandidates(tokenCount), CountCandidates(maxTokenCount));
        if (tokenCount is null)
        {
            TokenScores = logits;
            Score = graph.Divide(graph.Sum(logits, 1), graph.Cast(tokens, OnnxType.Float));
        }
        else
        {
            var isReal = graph.Less(graph.Reshape(graph.Range(tokens), 1, -1), tokenCount);
            TokenScores = graph.Where(isReal, logits, graph.Scalar(float.NaN));
            var sum = graph.Sum(graph.Where(isReal, logits, graph.Scalar(0f)), 1);
            Score = graph.Divide(sum, CreateDivisor(graph, tokenCount, tokens, maxTokenCount ?? tokens));
        }

        Probability = GetProbability(graph, Score, temperature);
        PredictedLabel = graph.Greater(Score, graph.Scalar(0f));

        string? CountCandidates(string? count) => count is null ? null : graph.Multiply(count, graph.Scalar((long)candidatesPerToken));
    }

    /// <summary>Gets the mean logit of the real tokens, (B, 1).</summary>
    public string Score { get; }

    /// <summary>Gets the probability of the score, (B, 1).</summary>
    public string Probability { get; }

    /// <summary>Gets whether the score is above 0, Boolean, (B, 1).</summary>
    public string PredictedLabel { get; }

    /// <summary>Gets the logits in the shape of those given; NaN for padding.</summary>
    public string TokenScores { get; }

    /// <summary>Writes the probabilities of scores.</summary>
    public static string GetProbability(OnnxGraph graph, string scores, float temperature) =>
        graph.Sigmoid(temperature == 1 ? scores : graph.Divide(scores, graph.Scalar(temperature)));

    private static string CreateDivisor(OnnxGraph graph, string tokenCount, string tokens, string maxTokenCount)
    {
        var isValid = graph.And(graph.Greater(tokenCount, graph.Scalar(0L)), graph.Not(graph.Greater(tokenCount, maxTokenCount)));
        var scored = graph.Where(graph.Greater(tokenCount, tokens), tokens, tokenCount);
        return graph.Where(isValid, graph.Cast(scored, OnnxType.Float), graph.Scalar(float.NaN));
    }
}
