namespace MlNetNtd;

/// <summary>How much padding batches of rows have, each padded to its longest row.</summary>
/// <param name="rowsPerBatch">Rows are put into batches as they come.</param>
internal sealed class PaddingStatistics(long rowsPerBatch)
{
    private long _real;
    private long _own;
    private long _padded;
    private long _rows;
    private long _longest;

    /// <summary>The share of all tokens that is padding; 0 of none.</summary>
    public double Fraction => 1 - Part(_real);

    /// <summary>The share of all tokens that would be none in batches of rows of one length; 0 of none.</summary>
    public double Avoidable => 1 - Part(_own);

    /// <summary>Adds a row to the batch.</summary>
    public void Add(SequenceRow row)
    {
        if (_rows == rowsPerBatch)
            End();
        _real += row.Tokens;
        _own += row.PaddedTokens;
        _rows++;
        _longest = Math.Max(_longest, row.PaddedTokens);
    }

    private double Part(long tokens) => _real == 0 ? 1 : (double)tokens / (_padded + _rows * _longest);

    private void End()
    {
        _padded += _rows * _longest;
        (_rows, _longest) = (0, 0);
    }
}
