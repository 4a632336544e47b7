using System.Buffers.Binary;

namespace MlNetNtd;

/// <summary>
/// Checks the rows in a file of ML.NET's binary data format. Each column has a table of blocks, with the offset, the size and the
/// uncompressed size of each block. ML.NET allocates the sizes in the table.
/// </summary>
internal static class SchemaRows
{
    private const int BlockBytes = sizeof(long) + 2 * sizeof(int);

    // The bytes that a map keeps for a row's value.
    private const int ValueCost = 64;

    /// <summary>Checks the rows of one column.</summary>
    /// <param name="reader">A reader of the file up to its tail signature. It is a copy.</param>
    /// <param name="table">The offset of the column's table of blocks.</param>
    /// <param name="type">The column's type.</param>
    /// <param name="rows">The number of rows in the file.</param>
    /// <param name="rowsPerBlock">The number of rows in each block except the last.</param>
    /// <param name="deflated">Whether the blocks are compressed.</param>
    /// <param name="budget">The budget of unpacked bytes.</param>
    /// <exception cref="ModelFileException">A block does not consist of exactly its rows.</exception>
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
            var offset = BinaryPrimitives.ReadInt64LittleEndian(block);
            var size = BinaryPrimitives.ReadInt32LittleEndian(block[sizeof(long)..]);
            var unpackedSize = BinaryPrimitives.ReadInt32LittleEndian(block[(sizeof(long) + sizeof(int))..]);
            var content = reader;
            content.Seek("offset of a block", offset);
            var unpacked = budget.Unpack(reader.Entry, $"{reader.Part}, block {i}", content.Bytes("block", size), deflated);
            reader.Expect("size of a block", unpackedSize, unpacked.Length);
            var values = new FieldReader(reader.Entry, unpacked) { Part = reader.Part };
            SerializedValue.Read(ref values, type, (int)Math.Min(rowsPerBlock, rows - i * rowsPerBlock));
            values.Expect("block, bytes behind its rows", 0, values.Left);
        }
    }
}
