namespace MlNetNtd;

/// <summary>Which tokens follow which, anywhere in the sequences: drawing one of them is drawing by frequency.</summary>
internal sealed class NGramTable
{
    /// <summary>The longest n-gram.</summary>
    public const int MaxOrder = 8;

    // By the length of the context. All followers of one context lie side by side, in the order of the sequences.
    private readonly Dictionary<Context, (int First, int Count)>[] _places;
    private readonly int[][] _followers;

    /// <summary>Reads all sequences.</summary>
    /// <param name="windows">The sequences.</param>
    /// <param name="order">n.</param>
    /// <exception cref="InvalidOperationException">An id has no embedding; there are more tokens than fit one array.</exception>
    public NGramTable(SequenceWindows windows, int order)
    {
        _places = new Dictionary<Context, (int, int)>[order];
        _followers = new int[order][];
        for (var length = 0; length < order; length++)
            (_places[length], _followers[length]) = Read(windows, length);
    }

    /// <summary>Draws what follows some tokens.</summary>
    /// <param name="before">Tokens that follow each other somewhere in the sequences; the last n - 1 of them count.</param>
    /// <param name="random">Draws.</param>
    public int Draw(ReadOnlySpan<int> before, Random random)
    {
        var length = Math.Min(before.Length, _places.Length - 1);
        var (first, count) = _places[length][new Context(before[^length..])];
        return _followers[length][first + random.Next(count)];
    }

    private static (Dictionary<Context, (int First, int Count)> Places, int[] Followers) Read(SequenceWindows windows, int length)
    {
        var places = new Dictionary<Context, (int First, int Count)>();
        ForEach(windows, length, (context, _) => places[context] = (0, places.GetValueOrDefault(context).Count + 1));
        var total = 0;
        foreach (var context in places.Keys.ToList())
        {
            var count = places[context].Count;
            places[context] = (total, 0);
            total = checked(total + count);
        }

        var followers = new int[total];
        ForEach(windows, length, (context, follower) =>
        {
            var (first, count) = places[context];
            followers[first + count] = follower;
            places[context] = (first, count + 1);
        });
        return (places, followers);
    }

    private static void ForEach(SequenceWindows windows, int length, Action<Context, int> act)
    {
        var ids = Array.Empty<int>();
        for (var sequence = 0; sequence < windows.Sequences; sequence++)
        {
            var tokens = windows.LengthOf(sequence);
            if (ids.Length < tokens)
                ids = new int[tokens];
            windows.Copy(sequence, 0, ids.AsSpan(0, tokens));
            for (var t = length; t < tokens; t++)
                act(new Context(ids.AsSpan(t - length, length)), ids[t]);
        }
    }

    /// <summary>Some token ids, in order.</summary>
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
