using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd;

/// <summary>What a checkpoint belongs to, fact by fact: options, seed, sizes, columns and rows.</summary>
/// <param name="Facts">Each with its name.</param>
internal sealed record CheckpointIdentity(IReadOnlyList<(string Name, string Value)> Facts)
{
    // Enough to know the data by; to read all of them again would take as long as to train on them.
    private const int RowsHashed = 64;

    // Where and when checkpoints are written, or progress told, is no part of what is trained.
    private static readonly string[] Elsewhere =
        [nameof(Options.CheckpointPath), nameof(Options.CheckpointSteps), nameof(Options.CheckpointSeconds), nameof(Options.ProgressSeconds), nameof(Options.Seed)];

    public static CheckpointIdentity Of(Options options, int seed, DiscriminatorShape shape, InputColumns columns, TrainingData data) => new(
    [
        .. JsonSerializer.SerializeToElement(options).EnumerateObject()
            .Where(option => !Elsewhere.Contains(option.Name))
            .Select(option => (option.Name, option.Value.ToString())),
        (nameof(Options.Seed), Text(seed)),
        ("the network's sizes", $"{shape}"),
        ("the columns", string.Join(", ", columns.All.Select(column => $"{column.Name}: {column.Type}"))),
        ("the number of training rows", Text(data.Training.Count)),
        ("the number of validation rows", Text(data.Validation.Count)),
        ("what the first training rows hold", Hash(data.Training)),
        ("what the first validation rows hold", Hash(data.Validation)),
    ]);

    /// <summary>How another differs, for people; null: not at all.</summary>
    public string? FindDifference(CheckpointIdentity other)
    {
        var there = other.Facts.ToDictionary(fact => fact.Name, fact => fact.Value);
        string[] differences =
        [
            .. Facts.Where(fact => there.GetValueOrDefault(fact.Name) != fact.Value).Select(fact => fact.Value.Length > 200
                ? $"{fact.Name} differs"
                : $"{fact.Name} is {Quoted(fact.Value)}, there it is {Quoted(there.GetValueOrDefault(fact.Name))}"),
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private static string Quoted(string? value) => string.IsNullOrEmpty(value) ? "none" : value;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Hash(IReadOnlyList<SequenceRow> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows.Take(RowsHashed))
        {
            hash.AppendData(MemoryMarshal.AsBytes(row.Values.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(row.Labels.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes<float>(new[] { row.Weight, row.Tokens }));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }
}
