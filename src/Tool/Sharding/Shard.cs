using System.Globalization;

namespace MlNetNtd.Tool;

/// <summary>A process's share of the input files.</summary>
/// <param name="Index">The index of the shard, from 1.</param>
/// <param name="Count">The number of shards.</param>
/// <param name="Origin">What says so, for messages; null if the command line does.</param>
internal sealed record Shard(int Index, int Count, string? Origin)
{
    public const string Automatic = "auto";
    public const string None = "none";

    private const string CompletionIndex = "JOB_COMPLETION_INDEX";

    // srun sets the step's variables, and not those alone that a batch script sees, which is one process and has all files.
    private static readonly (string Rank, string Size)[] Launchers =
    [
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
    ];

    /// <summary>Gets the shard of everything.</summary>
    public static Shard All { get; } = new(1, 1, null);

    /// <summary>Determines the shard.</summary>
    /// <param name="text">"INDEX/COUNT", "none", or "auto": as the environment says.</param>
    /// <param name="count">The number of shards for an environment that has an index only; null if it is not given.</param>
    /// <param name="environment">Looks up environment variables.</param>
    /// <exception cref="ToolException">The text or the environment makes no shard.</exception>
    public static Shard Find(string text, int? count, Func<string, string?> environment)
    {
        if (text == None)
            return All;
        if (text != Automatic)
            return Parse(text);
        foreach (var (rank, size) in Launchers)
        {
            if (environment(rank) is not { } rankText || environment(size) is not { } sizeText)
                continue;
            var shard = Create(rank, rankText, size, sizeText);
            return count is null || count == shard.Count
                ? shard
                : throw new ToolException($"--shard-count: expected {shard.Count}, as {size} says, found {count}.");
        }

        if (environment(CompletionIndex) is not { } index)
            return count is null or 1 ? All : throw new ToolException($"--shard-count: expected an environment that tells this process's index ({CompletionIndex}), or --shard INDEX/{count}, found neither.");
        return count is { } completions
            ? Create(CompletionIndex, index, "--shard-count", completions.ToString(CultureInfo.InvariantCulture))
            : throw new ToolException($"{CompletionIndex} is set: expected --shard-count, the number of completions, or --shard none, found neither.");
    }

    /// <summary>Gets this shard's items: each <see cref="Count"/>-th.</summary>
    public IReadOnlyList<T> Take<T>(IReadOnlyList<T> items) => [.. items.Where((_, i) => i % Count == Index - 1)];

    private static Shard Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && TryParse(parts[0], out var index) && TryParse(parts[1], out var count) && index >= 1 && index <= count
            ? new Shard(index, count, null)
            : throw new ToolException($"--shard: expected INDEX/COUNT with 1 <= INDEX <= COUNT, or {Automatic} or {None}, found '{text}'.");
    }

    private static Shard Create(string rankName, string rankText, string sizeName, string sizeText) =>
        TryParse(rankText, out var rank) && TryParse(sizeText, out var size) && rank >= 0 && rank < size
            ? new Shard(rank + 1, size, rankName)
            : throw new ToolException($"Expected {rankName} from 0 to below {sizeName}, found {rankText} and {sizeText}.");

    private static bool TryParse(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
