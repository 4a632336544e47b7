namespace MlNetNtd;

/// <summary>Says of each row of one pass, as it comes, what it is for and whose it is.</summary>
/// <param name="split">Which rows are for validation.</param>
/// <param name="shard">Which are this process's.</param>
internal sealed class RowAssigner(ValidationSplit split, DataShard shard)
{
    /// <summary>How many rows to train on there were.</summary>
    public long TrainingRows { get; private set; }

    /// <summary>How many for validation.</summary>
    public long ValidationRows { get; private set; }

    /// <summary>The next row that counts.</summary>
    /// <param name="key">Its sampling key; its number in the view where it has none.</param>
    public RowAssignment Assign(long key)
    {
        var validates = split.IsValidation(key);
        var place = validates ? ValidationRows++ : TrainingRows++;
        var owns = shard.Counts(place, validates);
        return new RowAssignment(validates, owns, validates ? owns : shard.Needs(place));
    }

    /// <summary>What a row is for.</summary>
    /// <param name="IsValidation">To find the best epoch by; else to train on.</param>
    /// <param name="Counts">Whether this process has it, as no other.</param>
    /// <param name="Needs">Whether this process needs it.</param>
    public readonly record struct RowAssignment(bool IsValidation, bool Counts, bool Needs);
}
