namespace MlNetNtd.Tool;

/// <summary>Names the output of each input.</summary>
/// <param name="output">The file, or the folder.</param>
/// <param name="format">The format to write; null: as the names say.</param>
internal sealed class OutputNames(string output, TableFormat? format)
{
    /// <summary>Chooses the names.</summary>
    /// <exception cref="ToolException">Two inputs would have one output, an output would replace its input, or no format fits its name.</exception>
    public IReadOnlyList<string> Choose(IReadOnlyList<string> inputs)
    {
        if (output.Length == 0)
            throw new ToolException("--output: expected a path, found an empty text.");
        var isFolder = inputs.Count > 1 || Path.EndsInDirectorySeparator(output) || Directory.Exists(output);
        if (isFolder && inputs is [TableFile.Standard])
            throw new ToolException($"{output}: expected a file for the rows of standard input, found a folder.");
        if (isFolder && File.Exists(output))
            throw new ToolException($"{output}: expected a folder for the outputs of {inputs.Count} inputs, found a file.");
        var names = isFolder ? inputs.Select(input => Path.Combine(output, GetName(input))).ToArray() : [output];
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (input, name) in inputs.Zip(names))
        {
            if (input != TableFile.Standard && Path.GetFullPath(input) == Path.GetFullPath(name))
                throw new ToolException($"{name}: expected an output beside the input, found the input itself.");
            if (!byName.TryAdd(name, input))
                throw new ToolException($"{name}: expected one input of this name, found {byName[name]} and {input}.");
        }

        if (!isFolder && format is null && Path.HasExtension(output) && TableFile.FindFormat(output) is null)
            throw new ToolException($"{output}: expected a name that ends in {TableFile.ListExtensions()}, or --format, found neither.");
        return names;
    }

    private string GetName(string input) => format is { } chosen && TableFile.FindFormat(input) != chosen
        ? Path.GetFileNameWithoutExtension(input) + TableFile.GetExtension(chosen)
        : Path.GetFileName(input);
}
