namespace MlNetNtd;

/// <summary>Assigns each row of one pass, in order, to training or validation and to a process.</summary>
/// <param name="split">Decides which rows are validation rows.</param>
/// <param name="shard">The shard of this process.</param>
internal sealed class RowAssigner(ValidationSplit split, DataShard shard)
{
    /// <summary>Gets the number of training rows so far.</summary>
    public long TrainingRows { get; private set; }

    /// <summary>Gets the number of validation rows so far.</summary>
    public long ValidationRows { get; private set; }

    /// <summary>Assigns the next row with a weight above 0.</summary>
    /// <param name="key">The row's sampling key, or its number if there is no key column.</param>
    public RowAssignment Assign(long key)
    {
        var isValidation = split.IsValidation(key);
        var index = isValidation ? ValidationRows++ : TrainingRows++;
        var counts = shard.Counts(index, isValidation);
        return new RowAssignment(isValidation, counts, isValidation ? counts : shard.Needs(index));
    }

    /// <summary>The assignment of a row.</summary>
    /// <param name="IsValidation">Whether it is a validation row instead of a training row.</param>
    /// <param name="Counts">Whether this process, and no other, counts the row.</param>
    /// <param name="Needs">Whether this process reads the row.</param>
    public readonly record struct RowAssignment(bool IsValidation, bool Counts, bool Needs);
}
