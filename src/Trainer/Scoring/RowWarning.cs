using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// Counts invalid rows that are not errors, and warns at the first one, at every tenfold number, because a prediction engine may never be
/// disposed, and at the end.
/// </summary>
/// <param name="env">The environment to log to.</param>
/// <param name="what">The treatment of the rows, a clause that follows their number.</param>
internal sealed class RowWarning(IHostEnvironment env, string what)
{
    private long _count;
    private long _reported;
    private string _first = "";

    /// <summary>Counts a row.</summary>
    /// <param name="rows">The number of rows read, including this one.</param>
    /// <param name="detail">A sentence about this row. Warnings quote the first one.</param>
    public void Add(long rows, string detail)
    {
        if (_count++ == 0)
            _first = detail;
        if (_count >= 10 * _reported)
            Report(rows, " so far");
    }

    /// <summary>Reports the final count, after the last row.</summary>
    /// <param name="rows">The number of rows read.</param>
    public void End(long rows)
    {
        if (_count > _reported)
            Report(rows, "");
    }

    private void Report(long rows, string when)
    {
        _reported = _count;
        using var channel = env.Start("Scoring");
        channel.Warning(MessageSensitivity.None, $"{_count} of {rows} rows{when} {what}. The first: {_first}");
    }
}
