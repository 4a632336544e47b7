namespace MlNetNtd;

/// <summary>
/// A model of the next token: n-grams with absolute discounting, interpolated with each lower order down to the uniform distribution. It
/// computes the exact probabilities of what it draws.
/// </summary>
/// <remarks>It is immutable and thread-safe. It takes about 16 bytes for each token and order, and 50 for each context.</remarks>
internal sealed class NGramModel
{
    /// <summary>The largest n: as many tokens as fit a key of 128 bits.</summary>
    public const int MaxOrder = 4;

    private const double Discount = 0.75;
    private const int BitsPerToken = 32;

    private readonly int _vocabulary;
    private readonly int _gap;

    // For each length of the context, its n-grams in order, repetitions included, and the range of each context among them.
    private readonly UInt128[][] _ngrams;
    private readonly Dictionary<UInt128, (int First, int Count, int Types)>[] _contexts;

    /// <summary>Counts n-grams.</summary>
    /// <param name="sequences">The token ids.</param>
    /// <param name="vocabulary">V, the number of ids.</param>
    /// <param name="order">n, from 1 to <see cref="MaxOrder"/>.</param>
    /// <param name="gap">The number of tokens between the context and the token, which the model does not see.</param>
    public NGramModel(IReadOnlyList<IReadOnlyList<int>> sequences, int vocabulary, int order, int gap = 0)
    {
        (_vocabulary, _gap, Order) = (vocabulary, gap, order);
        _ngrams = [.. Enumerable.Range(0, order).Select(length => Collect(sequences, length, gap))];
        _contexts = [.. _ngrams.Select(FindContexts)];
    }

    /// <summary>n.</summary>
    public int Order { get; }

    /// <summary>Computes the natural logarithm of a token's probability under each order from 1 to n.</summary>
    /// <param name="tokens">The tokens before it.</param>
    /// <param name="token">The token.</param>
    /// <param name="logarithms">Receives n values.</param>
    public void GetLogProbabilities(ReadOnlySpan<int> tokens, int token, Span<float> logarithms)
    {
        var probability = 1.0 / _vocabulary;
        for (var length = 0; length < Order; length++)
        {
            if (TryGetContext(tokens, length, out var key, out var context))
            {
                var count = CountOf(length, context, key << BitsPerToken | (uint)token);
                probability = (Math.Max(0, count - Discount) + Discount * context.Types * probability) / context.Count;
            }

            logarithms[length] = (float)Math.Log(probability);
        }
    }

    /// <summary>Counts a context of some length, and the n-gram that it makes with the token.</summary>
    public (int Context, int NGram) Count(ReadOnlySpan<int> tokens, int token, int length) =>
        TryGetContext(tokens, length, out var key, out var context)
            ? (context.Count, CountOf(length, context, key << BitsPerToken | (uint)token))
            : (0, 0);

    /// <summary>Draws a token.</summary>
    /// <param name="tokens">The tokens before it.</param>
    /// <param name="random">The random number generator.</param>
    public int Draw(ReadOnlySpan<int> tokens, Random random)
    {
        for (var length = Math.Max(0, Math.Min(Order - 1, tokens.Length - _gap)); length >= 0; length--)
        {
            if (!TryGetContext(tokens, length, out _, out var context))
                continue;
            // The first occurrence of each token is discounted: that much of its mass belongs to the lower order.
            var index = context.First + random.Next(context.Count);
            var ngrams = _ngrams[length];
            var isFirst = index == context.First || ngrams[index - 1] != ngrams[index];
            if (!isFirst || random.NextDouble() >= Discount)
                return (int)(uint)(ngrams[index] & uint.MaxValue);
        }

        return random.Next(_vocabulary);
    }

    private static UInt128[] Collect(IReadOnlyList<IReadOnlyList<int>> sequences, int length, int gap)
    {
        var ngrams = new List<UInt128>();
        foreach (var sequence in sequences)
        {
            var tokens = sequence.ToArray();
            for (var t = length == 0 ? 0 : length + gap; t < tokens.Length; t++)
                ngrams.Add(Pack(tokens.AsSpan(0, t), length, gap) << BitsPerToken | (uint)tokens[t]);
        }

        ngrams.Sort();
        return [.. ngrams];
    }

    private static Dictionary<UInt128, (int First, int Count, int Types)> FindContexts(UInt128[] ngrams)
    {
        var contexts = new Dictionary<UInt128, (int First, int Count, int Types)>();
        for (var i = 0; i < ngrams.Length; i++)
        {
            var key = ngrams[i] >> BitsPerToken;
            var (first, count, types) = contexts.GetValueOrDefault(key, (i, 0, 0));
            contexts[key] = (first, count + 1, types + (i == first || ngrams[i - 1] != ngrams[i] ? 1 : 0));
        }

        return contexts;
    }

    private static UInt128 Pack(ReadOnlySpan<int> tokens, int length, int gap)
    {
        var key = UInt128.Zero;
        for (var i = length; i > 0; i--)
            key = key << BitsPerToken | (uint)tokens[tokens.Length - gap - i];
        return key;
    }

    private bool TryGetContext(ReadOnlySpan<int> tokens, int length, out UInt128 key, out (int First, int Count, int Types) context)
    {
        (key, context) = (0, default);
        if (length > 0 && tokens.Length < length + _gap)
            return false;
        key = Pack(tokens, length, _gap);
        return _contexts[length].TryGetValue(key, out context);
    }

    private int CountOf(int length, (int First, int Count, int Types) context, UInt128 ngram)
    {
        var range = _ngrams[length].AsSpan(context.First, context.Count);
        return LowerBound(range, ngram + 1) - LowerBound(range, ngram);
    }

    private static int LowerBound(ReadOnlySpan<UInt128> sorted, UInt128 value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
