namespace MlNetNtd.Benchmarks.Quality;

/// <summary>What n-gram models know of a candidate, as the features of trainers that have no attention.</summary>
internal static class NGramFeatures
{
    /// <summary>The number of features.</summary>
    public const int Count = 14;

    /// <summary>Computes the features of a candidate.</summary>
    /// <param name="models">The models.</param>
    /// <param name="context">The real tokens before it in the window.</param>
    /// <param name="candidate">The candidate.</param>
    /// <param name="features">Receives <see cref="Count"/> values.</param>
    public static void Fill(TextModels models, ReadOnlySpan<int> context, int candidate, Span<float> features)
    {
        // The logarithm of its probability under models of 1 to 4 tokens, and under two of pairs that skip one and two tokens.
        models.NGrams.GetLogProbabilities(context, candidate, features[..4]);
        Span<float> pair = stackalloc float[2];
        models.SkipOne.GetLogProbabilities(context, candidate, pair);
        features[4] = pair[1];
        models.SkipTwo.GetLogProbabilities(context, candidate, pair);
        features[5] = pair[1];

        // How often the context of one and two tokens occurs, and how often the candidate follows up to three tokens.
        for (var length = 1; length <= 3; length++)
        {
            var (contextCount, count) = models.NGrams.Count(context, candidate, length);
            features[5 + length] = MathF.Log(1 + count);
            if (length < 3)
                features[8 + length] = MathF.Log(1 + contextCount);
        }

        // Its place, and whether the window has had it before.
        features[11] = context.Count(candidate);
        features[12] = context.Length > 0 && context[^1] == candidate ? 1 : 0;
        features[13] = context.Length;
    }
}
