using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>Identifies the training that a checkpoint belongs to. Trainings with different properties do not read each other's checkpoints.</summary>
/// <param name="Properties">Names and values: options, seed, sizes, data.</param>
internal sealed record CheckpointFingerprint(IReadOnlyList<(string Name, string Value)> Properties)
{
    /// <summary>
    /// Gets the values that missing properties of another fingerprint have. A fingerprint written before an option existed lacks
    /// it, and belongs to a training with that option's default.
    /// </summary>
    public IReadOnlyDictionary<string, string> Defaults { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Describes how another fingerprint differs from this one; null if it does not.</summary>
    public string? FindDifference(CheckpointFingerprint other)
    {
        var otherValues = other.Properties.ToDictionary(property => property.Name, property => property.Value);
        var differences = new List<string>();
        foreach (var (name, value) in Properties)
        {
            var otherValue = otherValues.GetValueOrDefault(name) ?? Defaults.GetValueOrDefault(name);
            if (otherValue == value)
                continue;
            differences.Add(value.Length > 200 ? $"{name} differs" : $"{name} is {Quoted(value)}, there it is {Quoted(otherValue)}");
        }

        return differences.Count == 0 ? null : string.Join("; ", differences);
    }

    private static string Quoted(string? value) => string.IsNullOrEmpty(value) ? "none" : value;
}
