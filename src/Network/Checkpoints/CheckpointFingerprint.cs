namespace MlNetNtd;

/// <summary>Identifies the training that a checkpoint belongs to. Trainings with different properties do not read each other's checkpoints.</summary>
/// <param name="Properties">Names and values: options, seed, sizes, data.</param>
internal sealed record CheckpointFingerprint(IReadOnlyList<(string Name, string Value)> Properties)
{
    /// <summary>Describes how another fingerprint differs from this one; null if it does not.</summary>
    public string? FindDifference(CheckpointFingerprint other)
    {
        var others = other.Properties.ToDictionary(property => property.Name, property => property.Value);
        string[] differences =
        [
            .. Properties.Where(property => others.GetValueOrDefault(property.Name) != property.Value).Select(property => property.Value.Length > 200
                ? $"{property.Name} differs"
                : $"{property.Name} is {Quoted(property.Value)}, there it is {Quoted(others.GetValueOrDefault(property.Name))}"),
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private static string Quoted(string? value) => string.IsNullOrEmpty(value) ? "none" : value;
}
