using System.Text.Json;

namespace MlNetNtd;

/// <summary>A checkpoint that was read from a file, before its state is deserialized.</summary>
/// <param name="Path">The file's path, for errors.</param>
/// <param name="Head">The head.</param>
/// <param name="Arrays">The arrays; empty if only the head was read.</param>
internal sealed record LoadedCheckpoint(string Path, StateHead Head, List<float[]> Arrays)
{
    private const int MaxCharacters = 1000;

    /// <summary>Gets the fingerprint of the training that the checkpoint belongs to.</summary>
    public CheckpointFingerprint Fingerprint { get; } = Head.GetFingerprint();

    /// <summary>Deserializes the state.</summary>
    /// <exception cref="FormatException">The state has another type.</exception>
    public TState ReadState<TState>()
        where TState : class
    {
        try
        {
            return Head.ReadState<TState>(Arrays) ?? throw new JsonException("it is null");
        }
#pragma warning disable CA1031 // The state's own constructors and setters may reject the file's values with any exception.
        catch (Exception error) when (error is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw Problem(Path, $"expected a state of {typeof(TState).Name}, found another: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Creates an exception about a file. The problem may contain text of the file.</summary>
    public static FormatException Problem(string path, string problem, Exception? inner = null) =>
        new($"{path}: {FileText.Shown(problem, MaxCharacters)}. The file is left as it is.", inner);
}
