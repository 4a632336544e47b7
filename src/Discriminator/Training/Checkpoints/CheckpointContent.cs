using System.Text.Json;

namespace MlNetNtd;

/// <summary>What was read of a checkpoint, its state not yet.</summary>
/// <param name="Path">Its file, for errors.</param>
/// <param name="Identity">What it belongs to.</param>
/// <param name="State">Its state as JSON, a number in the place of each array.</param>
/// <param name="Arrays">Those.</param>
internal sealed record CheckpointContent(string Path, CheckpointIdentity Identity, JsonElement State, List<float[]> Arrays)
{
    /// <summary>The state.</summary>
    /// <exception cref="FormatException">It is not of that type.</exception>
    public TState ReadState<TState>()
        where TState : class
    {
        try
        {
            return State.Deserialize<TState>(FloatArrays.Json(Arrays)) ?? throw new JsonException("it is null");
        }
        // What constructors of the state throw comes through as it is, or wrapped: either is the file's fault.
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw Problem(Path, $"expected a state of {typeof(TState).Name}, found another: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>An error about a file.</summary>
    public static FormatException Problem(string path, string problem, Exception? inner = null) =>
        new($"{path}: {problem}. The file is left as it is.", inner);
}
