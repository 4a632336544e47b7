namespace MlNetNtd;

/// <summary>Identifies the training that a checkpoint belongs to. Trainings with different properties do not read each other's checkpoints.</summary>
/// <param name="Properties">Names and values: options, seed, sizes, data.</param>
internal sealed record CheckpointFingerprint(IReadOnlyList<(string Name, string Value)> Properties)
{
    /// <summary>Describes how another fingerprint differs from this one; null if it does not.</summary>
    public string? FindDifference(CheckpointFingerprint other)
    {
        var there = other.Properties.ToDictionary(fact => fact.Name, fact => fact.Value);
        string[] differences =
        [
            .. Properties.Where(fact => there.GetValueOrDefault(fact.Name) != fact.Value).Select(fact => fact.Value.Length > 200
                ? $"{fact.Name} differs"
                : $"{fact.Name} is {Quoted(fact.Value)}, there it is {Quoted(there.GetValueOrDefault(fact.Name))}"),
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private static string Quoted(string? value) => string.IsNullOrEmpty(value) ? "none" : value;
}
