namespace MlNetNtd.Tool;

/// <summary>The columns that have another name in the file than in the model: --column MODEL=FILE.</summary>
internal sealed class ColumnNames
{
    private readonly Dictionary<string, string> _fileNames = [];
    private readonly Dictionary<string, string> _modelNames = [];

    /// <summary>Initializes the names.</summary>
    /// <param name="mappings">Texts of the form MODEL=FILE.</param>
    /// <exception cref="ToolException">A text has another form, or a name is mapped twice.</exception>
    public ColumnNames(IEnumerable<string> mappings)
    {
        foreach (var mapping in mappings)
        {
            var parts = mapping.Split('=', 2);
            if (parts is not [{ Length: > 0 } model, { Length: > 0 } file])
                throw new ToolException($"--column: expected MODEL=FILE, the model's name of a column and the file's, found '{mapping}'.");
            if (!_fileNames.TryAdd(model, file) || !_modelNames.TryAdd(file, model))
                throw new ToolException($"--column: expected each name once, found '{mapping}' after another mapping of it.");
        }
    }

    /// <summary>Gets the file's name of a column.</summary>
    public string ToFile(string model) => _fileNames.GetValueOrDefault(model, model);

    /// <summary>Gets the model's name of a column.</summary>
    public string ToModel(string file) => _modelNames.GetValueOrDefault(file, file);

    /// <summary>Finds a mapped column that a table lacks; null if it has all.</summary>
    /// <param name="fileNames">The table's columns.</param>
    public (string Model, string File)? FindMissing(IReadOnlyCollection<string> fileNames)
    {
        foreach (var (model, file) in _fileNames)
        {
            if (!fileNames.Contains(file))
                return (model, file);
        }

        return null;
    }

    /// <summary>Gets the mappings as one text that is the same for the same mappings.</summary>
    public override string ToString() => string.Join(',', _fileNames.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}"));
}
