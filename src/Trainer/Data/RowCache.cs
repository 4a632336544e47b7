namespace MlNetNtd;

/// <summary>
/// The rows that stay in memory between epochs: all rows while they fit, then the validation rows alone, then none. Rows with the same
/// mask share it.
/// </summary>
/// <param name="maxBytes">The size limit, in bytes.</param>
internal sealed class RowCache(long maxBytes)
{
    private readonly HashSet<AttentionMask> _masks = [];
    private long _trainingBytes;
    private long _validationBytes;
    private long _maskBytes;

    /// <summary>Gets the training rows; null if they do not fit.</summary>
    public List<SequenceRow>? TrainingRows { get; private set; } = [];

    /// <summary>Gets the validation rows; null if they do not fit.</summary>
    public List<SequenceRow>? ValidationRows { get; private set; } = [];

    /// <summary>Adds a row if rows of its kind still fit.</summary>
    /// <param name="row">The row.</param>
    /// <param name="isValidation">Whether it is a validation row.</param>
    public void Add(SequenceRow row, bool isValidation)
    {
        if ((isValidation ? ValidationRows : TrainingRows) is not { } rows)
            return;
        rows.Add(row);
        (isValidation ? ref _validationBytes : ref _trainingBytes) += DatasetCounts.Count(row).Bytes;
        CountMask(row);
        if (TrainingRows is not null && _trainingBytes + _validationBytes + _maskBytes > maxBytes)
            DropTrainingRows();
        if (TrainingRows is null && _validationBytes + _maskBytes > maxBytes)
            ValidationRows = null;
    }

    // There are fewer validation rows: where not all rows fit they may, which saves a pass over all rows at the end of each epoch.
    private void DropTrainingRows()
    {
        TrainingRows = null;
        _masks.Clear();
        _maskBytes = 0;
        ValidationRows?.ForEach(CountMask);
    }

    private void CountMask(SequenceRow row)
    {
        if (row.Mask is not null && _masks.Add(row.Mask))
            _maskBytes += (long)row.Mask.Values.Length * sizeof(float);
    }
}
