using System.IO.Hashing;

namespace MlNetNtd.Tool;

/// <summary>
/// Says what an output was made of. It is written into the output's metadata, so that a command that is started again knows which
/// outputs are whole and which were made of something else.
/// </summary>
/// <param name="Command">The command.</param>
/// <param name="Model">The hash of the model, or the options of a transform without a model.</param>
/// <param name="Input">The hash of the input.</param>
/// <param name="Options">The options that change the result.</param>
internal sealed record Fingerprint(string Command, string Model, string Input, string Options)
{
    private const string CommandKey = "ntd.command";
    private const string ModelKey = "ntd.model";
    private const string InputKey = "ntd.input";
    private const string OptionsKey = "ntd.options";

    /// <summary>Gets the entries of the metadata.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>
    {
        [CommandKey] = Command,
        [ModelKey] = Model,
        [InputKey] = Input,
        [OptionsKey] = Options,
    };

    /// <summary>Reads the entries of the metadata; null if some are missing.</summary>
    public static Fingerprint? FromMetadata(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is not null && metadata.TryGetValue(CommandKey, out var command) && metadata.TryGetValue(ModelKey, out var model)
            && metadata.TryGetValue(InputKey, out var input) && metadata.TryGetValue(OptionsKey, out var options)
            ? new Fingerprint(command, model, input, options)
            : null;

    /// <summary>Says what another output was made of that this one is not; null if both are the same.</summary>
    public string? FindDifference(Fingerprint other)
    {
        if (Command != other.Command)
            return $"the command {other.Command}";
        if (Model != other.Model)
            return "another model";
        if (Input != other.Input)
            return "another input";
        return Options != other.Options ? "other options" : null;
    }

    /// <summary>Hashes a file: all of it, since a value may change where the length does not.</summary>
    /// <exception cref="ToolException">The file cannot be read.</exception>
    public static string Hash(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);
            var hash = new XxHash128();
            hash.Append(stream);
            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException($"{path}: expected a file, found none.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: the file cannot be read: {e.Message}", e);
        }
    }
}
