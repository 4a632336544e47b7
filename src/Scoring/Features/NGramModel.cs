namespace MlNetNtd;

/// <summary>
/// A model of the next token: n-grams with absolute discounting, interpolated with each lower order down to the uniform distribution. It
/// computes the exact probabilities that it draws with.
/// </summary>
/// <remarks>It is immutable and thread-safe. It takes 8 bytes for each different n-gram of each order, and about 50 for each context.</remarks>
internal sealed class NGramModel
{
    /// <summary>The largest n: as many tokens as fit a key of 128 bits.</summary>
    public const int MaxOrder = 4;

    private const double Discount = 0.75;
    private const int BitsPerToken = 32;

    private readonly int _vocabulary;
    private readonly int _gap;

    // By the length of the context.
    private readonly Level[] _levels;

    /// <summary>Counts n-grams.</summary>
    /// <param name="sequences">The token ids.</param>
    /// <param name="vocabulary">V, the number of ids.</param>
    /// <param name="order">n, from 1 to <see cref="MaxOrder"/>.</param>
    /// <param name="gap">The number of tokens between the context and the token, which the model does not see.</param>
    public NGramModel(IReadOnlyList<IReadOnlyList<int>> sequences, int vocabulary, int order, int gap = 0)
    {
        (_vocabulary, _gap, Order) = (vocabulary, gap, order);
        _levels = [.. Enumerable.Range(0, order).Select(length => Level.Count(Collect(sequences, length, gap)))];
    }

    /// <summary>n.</summary>
    public int Order { get; }

    /// <summary>Computes the natural logarithm of a token's probability under each order from 1 to n.</summary>
    /// <param name="tokens">The tokens before it.</param>
    /// <param name="token">The token.</param>
    /// <param name="logarithms">Receives n values.</param>
    /// <param name="counts">Receives what was counted, by the length of the context from 0; or empty.</param>
    public void GetLogProbabilities(ReadOnlySpan<int> tokens, int token, Span<float> logarithms, Span<NGramCount> counts = default)
    {
        var probability = 1.0 / _vocabulary;
        for (var length = 0; length < Order; length++)
        {
            var count = default(NGramCount);
            if (TryGetContext(tokens, length, out var context))
            {
                count = new NGramCount(context.Count, _levels[length].CountOf(context, token));
                probability = (Math.Max(0, count.NGram - Discount) + Discount * context.Types * probability) / context.Count;
            }

            logarithms[length] = (float)Math.Log(probability);
            if (!counts.IsEmpty)
                counts[length] = count;
        }
    }

    /// <summary>Draws a token.</summary>
    /// <param name="tokens">The tokens before it.</param>
    /// <param name="random">The random number generator.</param>
    public int Draw(ReadOnlySpan<int> tokens, Random random)
    {
        for (var length = Math.Max(0, Math.Min(Order - 1, tokens.Length - _gap)); length >= 0; length--)
        {
            if (!TryGetContext(tokens, length, out var context))
                continue;
            // The first occurrence of each token is discounted: that much of its mass belongs to the lower order.
            var (token, occurrence) = _levels[length].GetFollower(context, random.Next(context.Count));
            if (occurrence > 0 || random.NextDouble() >= Discount)
                return token;
        }

        return random.Next(_vocabulary);
    }

    private static List<UInt128> Collect(IReadOnlyList<IReadOnlyList<int>> sequences, int length, int gap)
    {
        var ngrams = new List<UInt128>();
        foreach (var sequence in sequences)
        {
            var tokens = sequence.ToArray();
            for (var t = length == 0 ? 0 : length + gap; t < tokens.Length; t++)
                ngrams.Add(Pack(tokens.AsSpan(0, t), length, gap) << BitsPerToken | (uint)tokens[t]);
        }

        ngrams.Sort();
        return ngrams;
    }

    private static UInt128 Pack(ReadOnlySpan<int> tokens, int length, int gap)
    {
        var key = UInt128.Zero;
        for (var i = length; i > 0; i--)
            key = key << BitsPerToken | (uint)tokens[tokens.Length - gap - i];
        return key;
    }

    private bool TryGetContext(ReadOnlySpan<int> tokens, int length, out Context context)
    {
        context = default;
        return (length == 0 || tokens.Length >= length + _gap) && _levels[length].Contexts.TryGetValue(Pack(tokens, length, _gap), out context);
    }

    /// <summary>A context: the range of its followers, and how often the context was counted.</summary>
    private readonly record struct Context(int First, int Types, int Count);

    /// <summary>The contexts of one length.</summary>
    private sealed class Level
    {
        // The followers of a context lie together, each once, in order. A start is how many occurrences of its context's followers come before.
        private readonly int[] _followers;
        private readonly int[] _starts;

        private Level(Dictionary<UInt128, Context> contexts, int[] followers, int[] starts) =>
            (Contexts, _followers, _starts) = (contexts, followers, starts);

        public Dictionary<UInt128, Context> Contexts { get; }

        /// <summary>Counts sorted n-grams, repetitions included.</summary>
        public static Level Count(List<UInt128> ngrams)
        {
            var contexts = new Dictionary<UInt128, Context>();
            var (followers, starts) = (new List<int>(), new List<int>());
            for (var i = 0; i < ngrams.Count; i++)
            {
                var key = ngrams[i] >> BitsPerToken;
                var (first, types, count) = contexts.GetValueOrDefault(key, new Context(followers.Count, 0, 0));
                if (count == 0 || ngrams[i - 1] != ngrams[i])
                {
                    followers.Add((int)(uint)(ngrams[i] & uint.MaxValue));
                    starts.Add(count);
                    types++;
                }

                contexts[key] = new Context(first, types, count + 1);
            }

            contexts.TrimExcess();
            return new Level(contexts, [.. followers], [.. starts]);
        }

        public int CountOf(Context context, int token)
        {
            var index = _followers.AsSpan(context.First, context.Types).BinarySearch(token);
            if (index < 0)
                return 0;
            var starts = _starts.AsSpan(context.First, context.Types);
            return (index + 1 < starts.Length ? starts[index + 1] : context.Count) - starts[index];
        }

        /// <summary>Gets the follower at an index among all occurrences, and which of its occurrences that is.</summary>
        public (int Token, int Occurrence) GetFollower(Context context, int index)
        {
            var starts = _starts.AsSpan(context.First, context.Types);
            var found = starts.BinarySearch(index);
            var follower = found < 0 ? ~found - 1 : found;
            return (_followers[context.First + follower], index - starts[follower]);
        }
    }
}
