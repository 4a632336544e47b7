using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// Warns of rows that were let through, with their number: at the first, at every tenfold number, as a prediction engine may never be
/// disposed, and at the end.
/// </summary>
/// <param name="env">Where it is logged.</param>
/// <param name="what">What was done to the rows, a clause behind their number.</param>
internal sealed class RowWarning(IHostEnvironment env, string what)
{
    private long _count;
    private long _told;
    private string _first = "";

    /// <summary>One more.</summary>
    /// <param name="rows">How many rows were read, this one too.</param>
    /// <param name="detail">A sentence on this one; the first one's is quoted.</param>
    public void Add(long rows, string detail)
    {
        if (_count++ == 0)
            _first = detail;
        if (_count >= 10 * _told)
            Report(rows, " so far");
    }

    /// <summary>No more rows come.</summary>
    public void End(long rows)
    {
        if (_count > _told)
            Report(rows, "");
    }

    private void Report(long rows, string when)
    {
        _told = _count;
        using var channel = env.Start("Scoring");
        channel.Warning(MessageSensitivity.None, $"{_count} of {rows} rows{when} {what}. The first: {_first}");
    }
}
