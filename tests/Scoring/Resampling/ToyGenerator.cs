namespace MlNetNtd.Tests;

/// <summary>A generator and a discriminator of five tokens that depend on the token before: small enough to sum over everything.</summary>
/// <param name="seed">Decides logits and scores.</param>
internal sealed class ToyGenerator(int seed)
{
    public const int Words = 5;

    private readonly float[] _logits = Draw(seed, 2);
    private readonly float[] _scores = Draw(seed + 1, 1.5f);

    /// <summary>Gets the logits after a context, as the delegate writes them.</summary>
    public void Generate(ReadOnlySpan<int> context, Span<float> logits) => Row(_logits, context).CopyTo(logits);

    /// <summary>Gets the scores of candidates, as the delegate writes them.</summary>
    public void Score(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> scores)
    {
        for (var i = 0; i < candidates.Length; i++)
            scores[i] = Row(_scores, context)[candidates[i]];
    }

    /// <summary>Gets the probabilities generator * exp(alpha * score) / Z.</summary>
    public double[] Residual(double alpha, params ReadOnlySpan<int> context)
    {
        var logits = Row(_logits, context);
        var scores = Row(_scores, context);
        var weights = new double[Words];
        for (var id = 0; id < Words; id++)
            weights[id] = Math.Exp(logits[id] + alpha * scores[id]);
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>Gets the probabilities of a pick among K draws, summed over all K draws that can be.</summary>
    public double[] Picks(double alpha, int candidates, params ReadOnlySpan<int> context)
    {
        var generator = Residual(0, context);
        double[] weights = [.. Row(_scores, context).ToArray().Select(score => Math.Exp(alpha * score))];
        var picks = new double[Words];
        for (var code = 0; code < Math.Pow(Words, candidates); code++)
        {
            int[] draws = [.. Enumerable.Range(0, candidates).Select(i => code / (int)Math.Pow(Words, i) % Words)];
            var probability = draws.Aggregate(1.0, (product, id) => product * generator[id]);
            var sum = draws.Sum(id => weights[id]);
            foreach (var id in draws)
                picks[id] += probability * weights[id] / sum;
        }

        return picks;
    }

    public ResidualModel CreateModel(double alpha, int candidates, int seed = 1) =>
        new(Generate, Score, new ResidualModelOptions { VocabularySize = Words, Alpha = alpha, Candidates = candidates, Seed = seed });

    // One row for each token before, and one for the beginning.
    private static ReadOnlySpan<float> Row(float[] table, ReadOnlySpan<int> context) =>
        table.AsSpan((context.IsEmpty ? Words : context[^1]) * Words, Words);

    private static float[] Draw(int seed, float scale)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (Words + 1) * Words).Select(_ => scale * (2 * random.NextSingle() - 1))];
    }
}
