namespace MlNetNtd;

/// <summary>
/// Adds up an estimate of what loading the model allocates while the model is inspected: declared sizes, objects that ML.NET creates,
/// and unpacked bytes. The estimate is conservative.
/// </summary>
internal sealed class LoadBudget(long maxBytes)
{
    /// <summary>The cost of an entry that ML.NET opens, in bytes: a stream, its buffers and its context.</summary>
    public const int Entry = 4 << 10;

    /// <summary>The cost of a part with a loader: its host, channels and the search for the loader.</summary>
    public const int Stage = 40 << 10;

    /// <summary>The cost of a schema: its loader, codecs and streams.</summary>
    public const int Schema = 64 << 10;

    /// <summary>The cost of a column of a schema or a transform.</summary>
    public const int Column = 1 << 10;

    /// <summary>The cost of an annotation of a column.</summary>
    public const int Annotation = 512;

    /// <summary>The cost of a pair of column names in a transform.</summary>
    public const int ColumnPair = 512;

    /// <summary>The cost of a text key of a map, without its characters.</summary>
    public const int Text = 128;

    /// <summary>The cost of an item of a map or a table of values.</summary>
    public const int Item = 48;

    private long _taken;

    /// <summary>Adds bytes to the total.</summary>
    /// <exception cref="ModelFileException">The total exceeds the limit.</exception>
    public void Charge(string entry, string field, long bytes)
    {
        _taken = bytes > long.MaxValue - _taken ? long.MaxValue : _taken + bytes;
        if (_taken > maxBytes)
            throw new ModelFileException(entry, field, $"at most {maxBytes} bytes for loading the model ({nameof(ModelFileOptions.MaxLoadBytes)})", "more");
    }
}
