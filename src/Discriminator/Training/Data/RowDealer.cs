namespace MlNetNtd;

/// <summary>Says of each row of one pass, as it comes, what it is for and whose it is.</summary>
/// <param name="draw">Which rows are for validation.</param>
/// <param name="share">Which are this process's.</param>
internal sealed class RowDealer(ValidationDraw draw, RowShare share)
{
    /// <summary>How many rows to train on there were.</summary>
    public long Training { get; private set; }

    /// <summary>How many for validation.</summary>
    public long Validation { get; private set; }

    /// <summary>The next row that counts.</summary>
    /// <param name="key">Its sampling key; its number in the view where it has none.</param>
    public Dealt Next(long key)
    {
        var validates = draw.Keeps(key);
        var place = validates ? Validation++ : Training++;
        var owns = share.Owns(place, validates);
        return new Dealt(validates, owns, validates ? owns : share.Reads(place));
    }

    /// <summary>What a row is for.</summary>
    /// <param name="Validates">To find the best epoch by; else to train on.</param>
    /// <param name="Owns">Whether this process has it, as no other.</param>
    /// <param name="Reads">Whether this process needs it.</param>
    public readonly record struct Dealt(bool Validates, bool Owns, bool Reads);
}
