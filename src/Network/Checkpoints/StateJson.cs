using System.Text.Json;

namespace MlNetNtd;

/// <summary>Writes a state as JSON, with its float arrays kept separately.</summary>
internal static class StateJson
{
    /// <summary>Writes a state.</summary>
    /// <exception cref="ArgumentException">Some part of the state could not be read back; the message names it.</exception>
    public static (byte[] Json, List<float[]> Arrays) Write<TState>(TState state)
    {
        if (StateContract.FindProblem(typeof(TState)) is { } problem)
            throw Refused(problem, null);
        var arrays = new List<float[]>();
        try
        {
            return (JsonSerializer.SerializeToUtf8Bytes(state, FloatArrayConverter.CreateOptions(arrays)), arrays);
        }
        catch (Exception error) when (error is StateException or NotSupportedException or JsonException or InvalidOperationException)
        {
            throw Refused(error.Message.TrimEnd('.'), error);
        }
        // Thrown by a buffer that is full.
        catch (OutOfMemoryException error)
        {
            throw Refused($"its JSON does not fit {Array.MaxLength} bytes: keep long rows of numbers in arrays of float, which are not part of it", error);
        }

        static ArgumentException Refused(string problem, Exception? inner) => new($"state: it would not come back whole: {problem}.", nameof(state), inner);
    }
}
