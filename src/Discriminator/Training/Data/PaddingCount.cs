namespace MlNetNtd;

/// <summary>How much padding batches of rows have, each padded to its longest row.</summary>
/// <param name="rowsPerBatch">Rows are put into batches as they come.</param>
internal sealed class PaddingCount(long rowsPerBatch)
{
    private long _real;
    private long _padded;
    private long _rows;
    private long _longest;

    /// <summary>The share of all tokens that is padding; 0 of none.</summary>
    public double Share => _real == 0 ? 0 : 1 - (double)_real / (_padded + _rows * _longest);

    /// <summary>Adds a row to the batch.</summary>
    public void Add(SequenceRow row)
    {
        if (_rows == rowsPerBatch)
            End();
        _real += row.Tokens;
        _rows++;
        _longest = Math.Max(_longest, row.PaddedTokens);
    }

    private void End()
    {
        _padded += _rows * _longest;
        (_rows, _longest) = (0, 0);
    }
}
