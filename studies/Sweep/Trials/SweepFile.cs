using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetNtd.Examples.Sweep;

/// <summary>The trials on disk: a first line that says what they are of, then a line of JSON each time one has come further.</summary>
internal sealed class SweepFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly SweepFolder _folder;
    private readonly Lock _lock = new();

    public SweepFile(SweepFolder folder) => _folder = folder;

    /// <summary>Reads what a run left there.</summary>
    /// <returns>The header, the last line of each trial by number, and of each training of the end.</returns>
    /// <exception cref="UserErrorException">There is none, or it cannot be used.</exception>
    public (SweepHeader Header, IReadOnlyList<TrialRecord> Trials, IReadOnlyList<FinalRecord> Finals) Read()
    {
        if (!File.Exists(_folder.Trials))
            throw new UserErrorException($"There are no trials in '{_folder.Path}' to go on from.");
        string[] lines = [];
        _folder.Guard(() => lines = File.ReadAllText(_folder.Trials).Split('\n'));
        // A line ends with a line break. What stands behind the last one was cut off while it was written.
        SweepEntry[] entries = [.. lines[..^1].Select(Parse)];
        if (entries.Length == 0 || entries[0].Sweep is not { } header)
            throw Unusable(1, "it does not say what the trials are of");
        if (header.Version != SweepHeader.CurrentVersion)
            throw Unusable(1, $"it is of version {header.Version}, and this program reads {SweepHeader.CurrentVersion}");
        if (header.Trials is < 1 or > Settings.MaxTrials || header.Seed < 0)
            throw Unusable(1, "a number in it is out of range");
        for (var i = 1; i < entries.Length; i++)
        {
            if (FindProblem(entries[i], header) is { } problem)
                throw Unusable(i + 1, problem);
        }

        return (
            header,
            [.. entries.Select(entry => entry.Trial).OfType<TrialRecord>().GroupBy(trial => trial.Trial).Select(group => group.Last())],
            [.. entries.Select(entry => entry.Final).OfType<FinalRecord>().DistinctBy(final => (final.Trial, final.Number))]);
    }

    /// <summary>Begins a file, with a line for each trial that is known already.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Begin(SweepHeader header, IEnumerable<TrialRecord> trials, IEnumerable<FinalRecord> finals)
    {
        IEnumerable<SweepEntry> entries =
        [
            new(Sweep: header),
            .. trials.OrderBy(trial => trial.Trial).Select(trial => new SweepEntry(Trial: trial)),
            .. finals.OrderBy(final => final.Trial).ThenBy(final => final.Number).Select(final => new SweepEntry(Final: final)),
        ];
        var text = string.Concat(entries.Select(Line));
        _folder.Guard(() => SweepFolder.Replace(_folder.Trials, path => File.WriteAllText(path, text)));
    }

    /// <summary>Adds a line. From any thread.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Add(SweepEntry entry)
    {
        lock (_lock)
            _folder.Guard(() => File.AppendAllText(_folder.Trials, Line(entry)));
    }

    /// <summary>Whether options are the same, by what would be written of them.</summary>
    public static bool Same(NextTokenDiscriminatorTrainer.Options one, NextTokenDiscriminatorTrainer.Options other) =>
        JsonSerializer.Serialize(one, Json) == JsonSerializer.Serialize(other, Json);

    /// <summary>Options of one's own, by way of what would be written of them.</summary>
    public static NextTokenDiscriminatorTrainer.Options Copy(NextTokenDiscriminatorTrainer.Options options) =>
        JsonSerializer.Deserialize<NextTokenDiscriminatorTrainer.Options>(JsonSerializer.Serialize(options, Json), Json)!;

    private static string Line(SweepEntry entry) => JsonSerializer.Serialize(entry, Json) + "\n";

    private static string? FindProblem(SweepEntry entry, SweepHeader header)
    {
        if (entry.Trial is { } trial)
        {
            return trial.Trial < 0 || trial.Trial >= header.Trials || trial is { Ended: true, Failure: null, Losses.Count: 0 } || !trial.Losses.All(double.IsFinite)
                ? "a number in it is out of range"
                : null;
        }

        return entry.Final is { } final && final.Trial >= 0 && final.Trial < header.Trials && double.IsFinite(final.Auc + final.Loss)
            ? null
            : "it is no trial";
    }

    private SweepEntry Parse(string line, int index)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepEntry>(line, Json) ?? throw Unusable(index + 1, "it is empty");
        }
        catch (JsonException e)
        {
            throw Unusable(index + 1, "it is not the JSON that was written there", e);
        }
    }

    private UserErrorException Unusable(int line, string why, Exception? inner = null)
    {
        var message = $"The trials in '{_folder.Trials}' cannot be used: line {line}: {why}.";
        return inner is null ? new UserErrorException(message) : new UserErrorException(message, inner);
    }
}
