namespace Microsoft.ML.Data.IO;

/// <summary>
/// The entry "Schema" of a model file: the real library's binary data-view format with columns and no rows.
/// A header of 256 bytes; annotation values, each column's followed by a table of them; the table of columns; a tail mark.
/// </summary>
internal static class SchemaFormat
{
    public const int HeaderSize = 256;
    public const ulong Mark = 0x00425644004C4D43;
    public const ulong TailMark = 0x434D4C0044564200;
    public const ulong Version = 0x0001000100010006;
    public const ulong OldestVersion = 0x0001000100010004;

    public const byte Stored = 0;
    public const byte Deflated = 1;
}
