namespace MlNetNtd;

/// <summary>Writes the transform's operation to an ONNX graph: the context and the candidates of each row.</summary>
internal static class CombinedGraph
{
    /// <summary>Writes the shift of the real embeddings by one position.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="previous">The real embeddings, (B, T * C) or (B, T, C).</param>
    /// <param name="current">The candidate embeddings, of the same shape; with K candidates for each token (B, T * K * C) or (B, T, K, C).</param>
    /// <param name="initialEmbedding">The embedding at position 0, C values.</param>
    /// <param name="maxTokens">The maximum of T. Running the model fails if T is larger, unless it truncates.</param>
    /// <param name="truncates">Whether only the first <paramref name="maxTokens"/> tokens of longer rows are used.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>The context, (B, T, C), and the candidates, (B, T, K * C).</returns>
    public static (string Context, string Candidates) Write(
        OnnxGraph graph, string previous, string current, float[] initialEmbedding, int maxTokens, bool truncates, int candidatesPerToken)
    {
        var dimension = initialEmbedding.Length;
        if (candidatesPerToken > 1)
            return WriteSeveral(graph, previous, current, initialEmbedding, maxTokens, truncates, candidatesPerToken);
        // Joining them fails if the two have different lengths, which no later operator would notice for T = 1.
        var pair = graph.Concat(1, graph.Reshape(previous, 0, 1, -1, dimension), graph.Reshape(current, 0, 1, -1, dimension));
        var positions = GetPositions(graph, graph.Size(pair, 2), maxTokens, truncates);
        if (truncates)
            pair = graph.Gather(pair, positions, 2);
        var initial = graph.Expand(
            graph.AddInitializer("initial_embedding", initialEmbedding, 1, 1, dimension), graph.Concat(0, graph.Size(pair, 0), graph.Vector(1, 1)));
        var shifted = graph.Concat(1, initial, graph.Gather(pair, graph.Scalar(0L), 1));
        return (graph.Gather(shifted, positions, 1), graph.Gather(pair, graph.Scalar(1L), 1));
    }

    // The embeddings of a time stand side by side. Joining them fails if the two have different numbers of tokens.
    private static (string Context, string Candidates) WriteSeveral(
        OnnxGraph graph, string previous, string current, float[] initialEmbedding, int maxTokens, bool truncates, int candidatesPerToken)
    {
        var dimension = initialEmbedding.Length;
        var width = candidatesPerToken * dimension;
        var embeddings = graph.Concat(2, graph.Reshape(previous, 0, -1, dimension), graph.Reshape(current, 0, -1, width));
        var positions = GetPositions(graph, graph.Size(embeddings, 1), maxTokens, truncates);
        if (truncates)
            embeddings = graph.Gather(embeddings, positions, 1);
        var initial = graph.Expand(
            graph.AddInitializer("initial_embedding", initialEmbedding, 1, 1, dimension), graph.Concat(0, graph.Size(embeddings, 0), graph.Vector(1, 1)));
        var shifted = graph.Concat(1, initial, graph.Gather(embeddings, Columns(0, dimension), 2));
        return (graph.Gather(shifted, positions, 1), graph.Gather(embeddings, Columns(dimension, width), 2));

        string Columns(int first, int count) => graph.Vector([.. Enumerable.Range(first, count)]);
    }

    /// <summary>Gets the positions of the tokens that are used: 0 to T - 1, or to <paramref name="maxTokens"/> - 1 if it truncates.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tokens">T, (1).</param>
    /// <param name="maxTokens">The maximum of T. Running the model fails if T is larger, unless it truncates.</param>
    /// <param name="truncates">Whether later positions are left out.</param>
    /// <returns>64-bit integers.</returns>
    public static string GetPositions(OnnxGraph graph, string tokens, int maxTokens, bool truncates)
    {
        var all = graph.Range(tokens);
        return truncates
            ? graph.Reshape(graph.AddNode("NonZero", [graph.Less(all, graph.Scalar((long)maxTokens))]), -1)
            : graph.Gather(graph.Vector([.. Enumerable.Range(0, maxTokens)]), all, 0);
    }

    /// <summary>Gets the time of each candidate: that of its token, K times in a row.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="times">The times of the tokens, (T).</param>
    /// <param name="tokens">T, (1).</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>64-bit integers, (T * K).</returns>
    public static string GetCandidateTimes(OnnxGraph graph, string times, string tokens, int candidatesPerToken) => candidatesPerToken == 1
        ? times
        : graph.Reshape(graph.Expand(graph.Reshape(times, -1, 1), graph.Concat(0, tokens, graph.Vector(candidatesPerToken))), -1);

    /// <summary>Splits combined sequences into the context and the candidates.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="combined">(B, 1 + K, T, C): the memory of (B, T + T * K, C).</param>
    /// <param name="dimension">C.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>The context, (B, T, C), and the candidates, (B, T, K * C).</returns>
    public static (string Context, string Candidates) Split(OnnxGraph graph, string combined, int dimension, int candidatesPerToken)
    {
        var context = graph.Gather(combined, graph.Scalar(0L), 1);
        if (candidatesPerToken == 1)
            return (context, graph.Gather(combined, graph.Scalar(1L), 1));
        var candidates = graph.Gather(combined, graph.Vector([.. Enumerable.Range(1, candidatesPerToken)]), 1);
        return (context, graph.Reshape(candidates, 0, -1, candidatesPerToken * dimension));
    }

    /// <summary>Writes the mask of rows of T tokens, padded to P.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tokens">T, (1).</param>
    /// <param name="padded">P, (1).</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>Booleans, (P + K * P, P + K * P): whether a query may attend a key.</returns>
    public static string Allowed(OnnxGraph graph, string tokens, string padded, int candidatesPerToken)
    {
        var half = graph.Range(padded);
        var time = graph.Reshape(graph.Concat(0, half, GetCandidateTimes(graph, half, padded, candidatesPerToken)), -1, 1);
        var position = graph.Range(candidatesPerToken == 1 ? graph.Add(padded, padded) : graph.Multiply(padded, graph.Vector(1 + candidatesPerToken)));
        // A key at or before the query's time is a context position by itself.
        var rule = graph.And(graph.Not(graph.Greater(graph.Reshape(position, 1, -1), time)), graph.Less(time, tokens));
        var self = graph.AddNode("Equal", [graph.Reshape(position, 1, -1), graph.Reshape(position, -1, 1)]);
        return graph.AddNode("Or", [rule, self]);
    }
}
