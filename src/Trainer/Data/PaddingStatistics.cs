namespace MlNetNtd;

/// <summary>Computes the padding of batches whose rows are padded to the longest row of the batch.</summary>
/// <param name="rowsPerBatch">The number of rows in a batch. Rows fill batches in the order in which they are added.</param>
internal sealed class PaddingStatistics(long rowsPerBatch)
{
    private long _realTokens;
    private long _rowTokens;
    private long _batchTokens;
    private long _rows;
    private long _longest;

    /// <summary>Gets the fraction of all tokens that are padding; 0 without rows.</summary>
    public double Fraction => 1 - FractionOf(_realTokens);

    /// <summary>Gets the fraction of all tokens that batches of rows of equal length would avoid; 0 without rows.</summary>
    public double Avoidable => 1 - FractionOf(_rowTokens);

    /// <summary>Adds a row to the current batch.</summary>
    public void Add(SequenceRow row)
    {
        if (_rows == rowsPerBatch)
            EndBatch();
        _realTokens += row.Tokens;
        _rowTokens += row.PaddedTokens;
        _rows++;
        _longest = Math.Max(_longest, row.PaddedTokens);
    }

    private double FractionOf(long tokens) => _realTokens == 0 ? 1 : (double)tokens / (_batchTokens + _rows * _longest);

    private void EndBatch()
    {
        _batchTokens += _rows * _longest;
        (_rows, _longest) = (0, 0);
    }
}
