namespace MlNetNtd;

/// <summary>A model file was refused, and why.</summary>
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

    /// <summary>The entry of the zip, or <c>(zip)</c> where it is the zip itself.</summary>
    public string Entry { get; }

    /// <summary>What in it.</summary>
    public string Field { get; }

    /// <summary>What may stand there.</summary>
    public string Expected { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; }
}
