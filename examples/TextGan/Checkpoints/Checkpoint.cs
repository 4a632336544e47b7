using System.Text.Json;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Saves and finds again where a run is.</summary>
internal sealed class Checkpoint
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly RunFolder _folder;

    public Checkpoint(RunFolder folder) => _folder = folder;

    /// <summary>Writes weights, then the state that speaks of them.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void Save(RunState state, GeneratorNetwork generator, DiscriminatorNetwork? discriminator) => _folder.Guard(() =>
    {
        RunFolder.Replace(_folder.GeneratorWeights, path => GeneratorFile.Save(generator, path));
        if (discriminator is not null)
            RunFolder.Replace(_folder.DiscriminatorWeights, discriminator.SaveWeights);
        RunFolder.Replace(_folder.State, path => File.WriteAllText(path, JsonSerializer.Serialize(state, Json)));
    });

    /// <summary>Reads the state.</summary>
    /// <exception cref="UserErrorException">There is none, or it cannot be read.</exception>
    public RunState Read()
    {
        if (!File.Exists(_folder.State))
            throw new UserErrorException($"There is no checkpoint in '{_folder.Path}' to resume from.");
        return Guard(() =>
        {
            var state = JsonSerializer.Deserialize<RunState>(File.ReadAllText(_folder.State));
            return state is not null && FindProblem(state) is null
                ? state
                : throw new FormatException(state is null ? "it is empty" : FindProblem(state));
        });
    }

    /// <summary>Reads the generator's weights.</summary>
    /// <exception cref="UserErrorException">They cannot be read.</exception>
    public void Load(GeneratorNetwork generator) => Guard(() =>
    {
        GeneratorFile.Load(generator, _folder.GeneratorWeights);
        return true;
    });

    /// <summary>Reads the discriminator's weights into a scorer's network.</summary>
    /// <exception cref="UserErrorException">They cannot be read.</exception>
    public void Load(DiscriminatorNetwork discriminator) => Guard(() =>
    {
        discriminator.LoadWeights(_folder.DiscriminatorWeights);
        return true;
    });

    private static string? FindProblem(RunState state)
    {
        if (state.Version != RunState.CurrentVersion)
            return $"it is of version {state.Version}, and this program reads {RunState.CurrentVersion}";
        if (Preset.Find(state.Preset) is not { } preset)
            return $"its preset '{state.Preset}' is unknown";
        if (state.Rounds is < 1 or > Settings.MaxRounds || state.Seed < 0 || state.Step < 0)
            return "a number in it is out of range";
        if (state.Epochs?.All(epoch => epoch is not null) != true || state.Results?.All(round => round is { Losses: not null, Standing.Discriminator: not null }) != true)
            return "a result in it is missing";
        return state.Epochs.Count > preset.PretrainingEpochs || state.Results.Count > state.Rounds || (state.Results.Count > 0 && state.Start is null) || state.Start is { Discriminator: null }
            ? "it counts more than there can be"
            : null;
    }

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The checkpoint in '{_folder.Path}' cannot be used: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
