namespace MlNetNtd;

/// <summary>
/// What loading a model allocates, added up while the model is inspected: sizes that it declares, objects that ML.NET makes of
/// its parts, bytes that it unpacks. An estimate that errs on the high side.
/// </summary>
internal sealed class LoadBudget(long maxBytes)
{
    /// <summary>An entry that ML.NET opens: a stream, its buffers and the context around it.</summary>
    public const int Entry = 4 << 10;

    /// <summary>A part with a loader: its host, channels and the search for its loader among hundreds.</summary>
    public const int Stage = 40 << 10;

    /// <summary>A schema: its file's loader, codecs and streams.</summary>
    public const int Schema = 64 << 10;

    /// <summary>A column of a schema, and what a transform makes of one.</summary>
    public const int Column = 1 << 10;

    /// <summary>An annotation of a column.</summary>
    public const int Annotation = 512;

    /// <summary>A pair of column names, with what a transform keeps for it.</summary>
    public const int ColumnPair = 512;

    /// <summary>A text among the keys of a map, beside its characters.</summary>
    public const int Text = 128;

    /// <summary>An item of a map or of a table of values.</summary>
    public const int Item = 48;

    private long _taken;

    /// <exception cref="ModelFileException">It is more than may be taken.</exception>
    public void Charge(string entry, string field, long bytes)
    {
        _taken = bytes > long.MaxValue - _taken ? long.MaxValue : _taken + bytes;
        if (_taken > maxBytes)
            throw new ModelFileException(entry, field, $"at most {maxBytes} bytes for loading the model ({nameof(ModelFileOptions.MaxLoadBytes)})", "more");
    }
}
