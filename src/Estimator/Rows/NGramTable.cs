namespace MlNetNtd;

/// <summary>
/// The tokens that follow each context of up to n - 1 tokens anywhere in the sequences, with repetitions: a uniform draw from them
/// is a draw by frequency.
/// </summary>
internal sealed class NGramTable
{
    /// <summary>The largest n.</summary>
    public const int MaxOrder = 8;

    // By the length of the context. The followers of a context are contiguous, in the order of the sequences.
    private readonly Dictionary<Context, (int First, int Count)>[] _ranges;
    private readonly int[][] _followers;

    /// <summary>Builds the table from all sequences.</summary>
    /// <param name="windows">The sequences.</param>
    /// <param name="order">n.</param>
    /// <exception cref="InvalidOperationException">An id has no embedding.</exception>
    /// <exception cref="OverflowException">There are more tokens than fit one array.</exception>
    public NGramTable(SequenceWindows windows, int order)
    {
        _ranges = new Dictionary<Context, (int, int)>[order];
        _followers = new int[order][];
        for (var length = 0; length < order; length++)
            (_ranges[length], _followers[length]) = Read(windows, length);
    }

    /// <summary>Draws a token that follows a context.</summary>
    /// <param name="context">Consecutive tokens of one of the sequences. Only the last n - 1 of them count.</param>
    /// <param name="random">The random number generator.</param>
    public int Draw(ReadOnlySpan<int> context, Random random)
    {
        var length = Math.Min(context.Length, _ranges.Length - 1);
        var (first, count) = _ranges[length][new Context(context[^length..])];
        return _followers[length][first + random.Next(count)];
    }

    private static (Dictionary<Context, (int First, int Count)> Ranges, int[] Followers) Read(SequenceWindows windows, int length)
    {
        var ranges = new Dictionary<Context, (int First, int Count)>();
        ForEach(windows, length, (context, _) => ranges[context] = (0, ranges.GetValueOrDefault(context).Count + 1));
        var total = 0;
        foreach (var context in ranges.Keys.ToList())
        {
            var count = ranges[context].Count;
            ranges[context] = (total, 0);
            total = checked(total + count);
        }

        var followers = new int[total];
        ForEach(windows, length, (context, follower) =>
        {
            var (first, count) = ranges[context];
            followers[first + count] = follower;
            ranges[context] = (first, count + 1);
        });
        return (ranges, followers);
    }

    private static void ForEach(SequenceWindows windows, int length, Action<Context, int> act)
    {
        var ids = Array.Empty<int>();
        for (var sequence = 0; sequence < windows.Sequences; sequence++)
        {
            var tokens = windows.GetLength(sequence);
            if (ids.Length < tokens)
                ids = new int[tokens];
            windows.Copy(sequence, 0, ids.AsSpan(0, tokens));
            for (var t = length; t < tokens; t++)
                act(new Context(ids.AsSpan(t - length, length)), ids[t]);
        }
    }

    /// <summary>A key of consecutive token ids.</summary>
    private readonly struct Context : IEquatable<Context>
    {
        private readonly Ids _ids;
        private readonly int _length;

        public Context(ReadOnlySpan<int> ids)
        {
            _length = ids.Length;
            for (var i = 0; i < ids.Length; i++)
                _ids[i] = ids[i];
        }

        public bool Equals(Context other) => ((ReadOnlySpan<int>)_ids).SequenceEqual(other._ids) && _length == other._length;

        public override bool Equals(object? obj) => obj is Context other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var id in (ReadOnlySpan<int>)_ids)
                hash.Add(id);
            return hash.ToHashCode();
        }
    }

    [System.Runtime.CompilerServices.InlineArray(MaxOrder)]
    private struct Ids
    {
        private int _first;
    }
}
