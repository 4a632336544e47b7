namespace MlNetNtd;

/// <summary>A fingerprint of the rows of one reading in their order, with which later readings are compared.</summary>
/// <remarks>
/// It is a running hash whose value is stored at marks: after each row for up to <see cref="MaxMarks"/> rows, and after every second,
/// fourth and so on for more rows. So a difference is found at the row or soon after it, and the marks take at most half a megabyte for
/// any number of rows.
/// </remarks>
internal sealed class RowFingerprint
{
    /// <summary>The maximum number of marks.</summary>
    public const int MaxMarks = 1 << 16;

    private readonly List<ulong> _marks = [];
    private ulong _running;

    /// <summary>Gets the number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>Gets the number of rows between marks. A difference is found within that number of rows.</summary>
    public int MarkInterval { get; private set; } = 1;

    /// <summary>Adds the next row of the first reading.</summary>
    /// <param name="hash">The <see cref="RowHash"/> of the row.</param>
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

    /// <summary>Starts the comparison of another reading of the same rows.</summary>
    public Reading StartReading() => new(this);

    private void KeepEverySecond()
    {
        for (var i = 0; i < MaxMarks / 2; i++)
            _marks[i] = _marks[2 * i + 1];
        _marks.RemoveRange(MaxMarks / 2, MaxMarks / 2);
        MarkInterval *= 2;
    }

    /// <summary>Compares another reading with the first one.</summary>
    /// <param name="first">The fingerprint of the first reading.</param>
    public sealed class Reading(RowFingerprint first)
    {
        private ulong _running;

        /// <summary>Gets the number of rows so far.</summary>
        public long Rows { get; private set; }

        /// <summary>Gets whether there are more rows than in the first reading.</summary>
        public bool HasMore => Rows > first.Rows;

        /// <summary>Adds the next row.</summary>
        /// <param name="hash">The <see cref="RowHash"/> of the row.</param>
        /// <returns>False if the rows up to this one are known to differ from those of the first reading.</returns>
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
