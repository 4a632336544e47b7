using System.Text.Json;

namespace MlNetNtd;

/// <summary>What was read of a checkpoint, its state not yet.</summary>
/// <param name="Path">Its file, for errors.</param>
/// <param name="Identity">What it belongs to.</param>
/// <param name="State">Its state as JSON, a number in the place of each array.</param>
/// <param name="Arrays">Those.</param>
internal sealed record LoadedCheckpoint(string Path, CheckpointFingerprint Identity, JsonElement State, List<float[]> Arrays)
{
    private const int MostCharacters = 1000;

    /// <summary>The state.</summary>
    /// <exception cref="FormatException">It is not of that type.</exception>
    public TState ReadState<TState>()
        where TState : class
    {
        try
        {
            return State.Deserialize<TState>(FloatArrayConverter.CreateOptions(Arrays)) ?? throw new JsonException("it is null");
        }
#pragma warning disable CA1031 // Whatever the state's own constructors and setters throw of what the file gives them is the file's fault.
        catch (Exception error) when (error is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw Problem(Path, $"expected a state of {typeof(TState).Name}, found another: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>An error about a file. Parts of the problem may be the file's own words.</summary>
    public static FormatException Problem(string path, string problem, Exception? inner = null) =>
        new($"{path}: {FileText.Shown(problem, MostCharacters)}. The file is left as it is.", inner);
}
