namespace MlNetNtd;

/// <summary>The exception that is thrown when <see cref="ModelFileInspector"/> rejects a model file.</summary>
public sealed class ModelFileException : FormatException
{
    internal ModelFileException(string entry, string field, string expected, string found, Exception? inner = null)
        : base($"Model file refused: {entry}, {field}: expected {expected}, found {found}.", inner)
    {
        Entry = entry;
        Field = field;
        Expected = expected;
        Found = found;
    }

    /// <summary>Gets the name of the zip's entry, or <c>(zip)</c> for the zip itself.</summary>
    public string Entry { get; }

    /// <summary>Gets the field of the entry.</summary>
    public string Field { get; }

    /// <summary>Gets a description of the expected value.</summary>
    public string Expected { get; }

    /// <summary>Gets a description of the value found.</summary>
    public string Found { get; }
}
