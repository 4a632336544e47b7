namespace MlNetNtd.Tool;

/// <summary>Decides about an output that exists.</summary>
internal static class ExistingOutput
{
    /// <summary>Returns whether the output exists and is what would be written.</summary>
    /// <param name="path">The output.</param>
    /// <param name="expected">What it would be made of.</param>
    /// <param name="console">The console.</param>
    /// <exception cref="ToolException">The output exists and was made of something else, or is no output of this tool.</exception>
    public static bool IsDone(string path, Fingerprint expected, ToolConsole console)
    {
        if (!File.Exists(path))
            return false;
        Fingerprint? found;
        try
        {
            using var reader = TableFile.Open(path, console);
            found = Fingerprint.FromMetadata(reader.Schema.Metadata);
        }
        catch (ToolException e)
        {
            throw new ToolException($"{path}: expected no file, or the same output of an earlier run, found a file that is no whole table; --overwrite replaces it.", e);
        }

        return found is null
            ? throw new ToolException($"{path}: expected no file, or the same output of an earlier run, found a table that ntd did not write; --overwrite replaces it.")
            : found.FindDifference(expected) is null
            ? true
            : throw new ToolException($"{path}: expected no file, or the same output of an earlier run, found an output of {expected.FindDifference(found)}; --overwrite replaces it.");
    }
}
