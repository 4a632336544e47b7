namespace MlNetNtd;

/// <summary>The rows that one reading gives, in their order, so that a later reading can be held against the first.</summary>
/// <remarks>
/// A running hash, of which the values after some rows are kept: after each row up to <see cref="MaxMarks"/> rows, of more after
/// every second, fourth and so on. So a reading that differs ends at the row, or soon after it, and at most half a megabyte is
/// kept however many rows there are.
/// </remarks>
internal sealed class RowFingerprint
{
    /// <summary>How many values are kept.</summary>
    public const int MaxMarks = 1 << 16;

    private readonly List<ulong> _marks = [];
    private ulong _running;

    /// <summary>How many rows there were.</summary>
    public long Rows { get; private set; }

    /// <summary>After how many rows each a value is kept: a difference is found that many rows later at most.</summary>
    public int MarkInterval { get; private set; } = 1;

    /// <summary>The next row of the first reading.</summary>
    /// <param name="hash">Its <see cref="RowHash"/>.</param>
    public void Add(ulong hash)
    {
        _running = RowHash.Combine(_running, hash);
        if (++Rows % MarkInterval != 0)
            return;
        if (_marks.Count == MaxMarks)
        {
            KeepEverySecond();
            if (Rows % MarkInterval != 0)
                return;
        }

        _marks.Add(_running);
    }

    /// <summary>Another reading of the same rows, from its beginning.</summary>
    public Reading StartReading() => new(this);

    private void KeepEverySecond()
    {
        for (var i = 0; i < MaxMarks / 2; i++)
            _marks[i] = _marks[2 * i + 1];
        _marks.RemoveRange(MaxMarks / 2, MaxMarks / 2);
        MarkInterval *= 2;
    }

    /// <summary>A reading that is held against the first.</summary>
    public sealed class Reading(RowFingerprint first)
    {
        private ulong _running;

        /// <summary>How many rows it gave so far.</summary>
        public long Rows { get; private set; }

        /// <summary>Whether it gave more rows than the first.</summary>
        public bool HasMore => Rows > first.Rows;

        /// <summary>The next row.</summary>
        /// <param name="hash">Its <see cref="RowHash"/>.</param>
        /// <returns>Whether the rows up to this one are those of the first reading, as far as is known by now.</returns>
        public bool Add(ulong hash)
        {
            _running = RowHash.Combine(_running, hash);
            Rows++;
            if (Rows >= first.Rows)
                return HasMore || _running == first._running;
            return Rows % first.MarkInterval != 0 || _running == first._marks[(int)(Rows / first.MarkInterval) - 1];
        }
    }
}
