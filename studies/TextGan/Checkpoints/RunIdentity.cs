using System.Globalization;

namespace MlNetNtd.Examples.TextGan;

/// <summary>What decides every draw of a run: a checkpoint of another one is of no use to it.</summary>
/// <param name="Preset">The sizes.</param>
/// <param name="Seed">The run's.</param>
/// <param name="TextHash">The text's own hash.</param>
internal sealed record RunIdentity(string Preset, int Seed, string TextHash)
{
    // Another number where a checkpoint of before would lead elsewhere.
    private const string Program = "TextGan 3";

    /// <summary>Fact by fact.</summary>
    public IEnumerable<KeyValuePair<string, string>> Facts =>
    [
        new("program", Program),
        new("preset", Preset),
        new("seed", Seed.ToString(CultureInfo.InvariantCulture)),
        new("text", TextHash),
    ];

    /// <summary>The run of such facts.</summary>
    /// <exception cref="FormatException">They are of something else.</exception>
    public static RunIdentity Of(IReadOnlyDictionary<string, string> facts)
    {
        if (facts.GetValueOrDefault("program") is var program && program != Program)
            throw new FormatException($"it is of {program ?? "another program"}, and this is {Program}");
        return facts.TryGetValue("preset", out var preset) && facts.TryGetValue("seed", out var seed) && facts.TryGetValue("text", out var text)
            && int.TryParse(seed, CultureInfo.InvariantCulture, out var number)
            ? new RunIdentity(preset, number, text)
            : throw new FormatException("a fact in it is missing");
    }
}
