using System.Globalization;
using System.Text.Json;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd;

/// <summary>The <see cref="CheckpointFingerprint"/> of a training by <see cref="NextTokenDiscriminatorTrainer"/>.</summary>
internal static class TrainerFingerprint
{
    // They do not change what is learned, but for rounding: the engine, where and when checkpoints and progress reports are written, how rows are cached, and which
    // columns the scorer writes. The seed is added with its resolved value.
    private static readonly string[] IgnoredOptions =
    [
        nameof(Options.CheckpointPath), nameof(Options.CheckpointSteps), nameof(Options.CheckpointSeconds), nameof(Options.ProgressSeconds),
        nameof(Options.MaxCacheBytes), nameof(Options.Seed), nameof(Options.BadRowPolicy), nameof(Options.PadTokenScores), nameof(Options.TokenProbabilities),
        nameof(Options.Engine),
    ];

    /// <summary>Creates the fingerprint of a training. A checkpoint that lacks an option counts as written with that option's default.</summary>
    /// <param name="options">The options, with null for everything unset.</param>
    /// <param name="seed">The resolved seed.</param>
    /// <param name="config">The sizes of the network.</param>
    /// <param name="columns">The columns that are read.</param>
    /// <param name="data">The rows.</param>
    public static CheckpointFingerprint Create(Options options, int seed, DiscriminatorConfig config, BoundInputColumns columns, TrainingDataset data) => new(
    [
        .. GetOptions(options),
        (nameof(Options.Seed), Text(seed)),
        ("the network's sizes", $"{config}"),
        ("the columns", string.Join(", ", columns.All.Select(column => $"{column.Name}: {column.Type}"))),
        ("the number of training rows", Text(data.Training.Rows)),
        ("the number of validation rows", Text(data.Validation.Rows)),
        ("what the rows hold", data.Fingerprint),
        ("the version of MlNetNtd", LibraryVersion.Own),
        ("the version of TorchSharp", LibraryVersion.TorchSharp),
    ])
    {
        Defaults = GetOptions(new Options().Copy()).ToDictionary(option => option.Name, option => option.Value),
    };

    private static IEnumerable<(string Name, string Value)> GetOptions(Options options) => JsonSerializer.SerializeToElement(options).EnumerateObject()
        .Where(option => !IgnoredOptions.Contains(option.Name))
        .Select(option => (option.Name, option.Value.ToString()));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
