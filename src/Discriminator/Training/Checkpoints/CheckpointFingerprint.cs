using System.Globalization;
using System.Text.Json;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd;

/// <summary>What a checkpoint belongs to, fact by fact: options, seed, sizes, columns, rows, and what computes.</summary>
/// <param name="Properties">Each with its name.</param>
internal sealed record CheckpointFingerprint(IReadOnlyList<(string Name, string Value)> Properties)
{
    // Where and when checkpoints are written, or progress told, where rows are kept, and what the scorer writes is no part of what is
    // trained.
    private static readonly string[] IgnoredOptions =
    [
        nameof(Options.CheckpointPath), nameof(Options.CheckpointSteps), nameof(Options.CheckpointSeconds), nameof(Options.ProgressSeconds),
        nameof(Options.MaxCacheBytes), nameof(Options.Seed), nameof(Options.BadRowPolicy), nameof(Options.PadTokenScores), nameof(Options.TokenProbabilities),
    ];

    public static CheckpointFingerprint Create(Options options, int seed, DiscriminatorConfig shape, BoundInputColumns columns, TrainingDataset data) => new(
    [
        .. JsonSerializer.SerializeToElement(options).EnumerateObject()
            .Where(option => !IgnoredOptions.Contains(option.Name))
            .Select(option => (option.Name, option.Value.ToString())),
        (nameof(Options.Seed), Text(seed)),
        ("the network's sizes", $"{shape}"),
        ("the columns", string.Join(", ", columns.All.Select(column => $"{column.Name}: {column.Type}"))),
        ("the number of training rows", Text(data.Training.Rows)),
        ("the number of validation rows", Text(data.Validation.Rows)),
        ("what the rows hold", data.Fingerprint),
        ("the version of MlNetNtd", LibraryVersion.Own),
        ("the version of TorchSharp", LibraryVersion.TorchSharp),
    ]);

    /// <summary>How another differs, for people; null: not at all.</summary>
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

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
