using System.Buffers.Binary;

namespace MlNetNtd;

/// <summary>
/// The rows in a file of ML.NET's binary data format: for each column a table of blocks, each with a place, a size and the size
/// that it unpacks to. ML.NET allocates what the table says.
/// </summary>
internal static class SchemaRows
{
    private const int BlockBytes = sizeof(long) + 2 * sizeof(int);

    // What a map keeps of a row's value.
    private const int ValueCost = 64;

    /// <summary>Checks the rows of one column.</summary>
    /// <param name="reader">The file up to its end mark; a copy.</param>
    /// <param name="table">Where the column's table of blocks begins.</param>
    /// <param name="type">The column's type.</param>
    /// <param name="rows">How many rows the file has.</param>
    /// <param name="rowsPerBlock">How many of them each block has but the last.</param>
    /// <param name="deflated">Whether blocks are packed.</param>
    /// <param name="budget">What they may unpack to.</param>
    /// <exception cref="ModelFileException">A block is not exactly its rows.</exception>
    public static void Check(FieldReader reader, long table, SerializedType type, long rows, long rowsPerBlock, bool deflated, AnnotationUnpacker budget)
    {
        if (type.IsVector)
            throw reader.CreateError("rows", "values that are no vectors", "vectors");
        reader.InRange("rows per block", 1, int.MaxValue, rowsPerBlock);
        reader.Seek("table of blocks", table);
        var blocks = (rows - 1) / rowsPerBlock + 1;
        reader.InRange("blocks", 1, reader.Left / BlockBytes, blocks);
        budget.Charge(reader.Entry, $"{reader.Part}, rows", rows * ValueCost);
        for (var i = 0L; i < blocks; i++)
        {
            var block = reader.Bytes("block", BlockBytes);
            var place = BinaryPrimitives.ReadInt64LittleEndian(block);
            var size = BinaryPrimitives.ReadInt32LittleEndian(block[sizeof(long)..]);
            var unpackedSize = BinaryPrimitives.ReadInt32LittleEndian(block[(sizeof(long) + sizeof(int))..]);
            var content = reader;
            content.Seek("place of a block", place);
            var unpacked = budget.Unpack(reader.Entry, $"{reader.Part}, block {i}", content.Bytes("block", size), deflated);
            reader.Expect("size of a block", unpackedSize, unpacked.Length);
            var values = new FieldReader(reader.Entry, unpacked) { Part = reader.Part };
            SerializedValue.Read(ref values, type, (int)Math.Min(rowsPerBlock, rows - i * rowsPerBlock));
            values.Expect("block, bytes behind its rows", 0, values.Left);
        }
    }
}
