using System.Buffers;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using ParquetSharp;
using FloatColumnReader = ParquetSharp.ColumnReader<float>;

namespace MlNetNtd.Tool;

/// <summary>Reads a Parquet column of <c>list&lt;float&gt;</c> or <c>fixed_size_list&lt;float&gt;</c>, as embeddings are.</summary>
/// <remarks>
/// Arrow's decoder assembles lists value by value. Here the values are read as Parquet has them, and a list's place is found by searching
/// the repetition levels for the next 0, which takes a quarter of the processor time.
/// </remarks>
internal sealed class FloatListColumn : IDisposable
{
    // Values and levels of a chunk stay in the second-level cache.
    private const int ChunkLevels = 1 << 14;

    private readonly ParquetFileReader _file;
    private readonly int _column;
    private readonly string _name;
    private readonly IArrowType _type;
    private readonly int _fixedSize;
    private readonly short _nullListLevel;
    private readonly short _emptyListLevel;
    private readonly short _valueLevel;

    // The chunk: levels, and the values that are not null.
    private readonly short[] _definition = new short[ChunkLevels];
    private readonly short[] _repetition = new short[ChunkLevels];
    private readonly float[] _chunk = new float[ChunkLevels];
    private int _level;
    private int _levels;
    private int _value;

    private int _group = -1;
    private RowGroupReader? _rowGroup;
    private FloatColumnReader? _reader;

    // The lists of the record batch.
    private byte[] _bytes = [];
    private int _count;
    private readonly List<int> _nullLists = [];
    private readonly List<int> _nullValues = [];

    private FloatListColumn(ParquetFileReader file, int column, Field field, Field item)
    {
        (_file, _column, _name, _type) = (file, column, field.Name, field.DataType);
        _fixedSize = field.DataType is FixedSizeListType { ListSize: var size } ? size : 0;
        _nullListLevel = (short)(field.IsNullable ? 0 : -1);
        _emptyListLevel = (short)(_nullListLevel + 1);
        _valueLevel = (short)(_emptyListLevel + (item.IsNullable ? 2 : 1));
    }

    /// <summary>Creates a reader of the column; null if it is no list of floats, or its levels are not those of one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">The column's index in the file.</param>
    /// <param name="field">The column as Arrow's schema has it.</param>
    public static FloatListColumn? TryCreate(ParquetFileReader file, int column, Field field)
    {
        if (field.DataType is not (ListType or FixedSizeListType { ListSize: > 0 }) || ((NestedType)field.DataType).Fields[0] is not { DataType: FloatType } item)
            return null;
        var descriptor = file.FileMetaData.Schema.Column(column);
        var reader = new FloatListColumn(file, column, field, item);
        return descriptor.PhysicalType == PhysicalType.Float && descriptor.MaxRepetitionLevel == 1 && descriptor.MaxDefinitionLevel == reader._valueLevel
            ? reader
            : null;
    }

    /// <summary>Reads the next rows.</summary>
    /// <param name="rows">Their number, which the file has.</param>
    /// <param name="rented">Gets the arrays that go back to the pool when the rows are no longer used.</param>
    /// <exception cref="InvalidDataException">The levels are not those of lists, or the file has fewer rows than it says.</exception>
    public IArrowArray Read(int rows, ICollection<byte[]> rented)
    {
        _nullLists.Clear();
        _nullValues.Clear();
        // A record batch has about as many values as the one before.
        _bytes = Rent(Math.Max(ChunkLevels, _count) * sizeof(float));
        _count = 0;
        var offsetBytes = Rent((rows + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetBytes.AsSpan());
        var begun = 0;
        while (_level < _levels || Fill())
        {
            if (_repetition[_level] == 0)
            {
                if (begun == rows)
                    break;
                EndRow(offsets, begun);
                offsets[begun++] = _count;
            }
            else if (begun == 0)
            {
                throw new InvalidDataException($"column '{_name}' continues a list that has no beginning");
            }

            var next = _repetition.AsSpan(_level + 1, _levels - _level - 1).IndexOf((short)0);
            Append(next < 0 ? _levels : _level + 1 + next, begun - 1);
        }

        EndRow(offsets, begun);
        if (begun < rows)
            throw new InvalidDataException($"column '{_name}' has fewer rows than the file says");
        offsets[rows] = _count;
        rented.Add(_bytes);
        rented.Add(offsetBytes);
        return ToArray(rows, new ArrowBuffer(offsetBytes.AsMemory(0, (rows + 1) * sizeof(int))), new ArrowBuffer(_bytes.AsMemory(0, _count * sizeof(float))));
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _rowGroup?.Dispose();
    }

    private static byte[] Rent(int bytes) => ArrayPool<byte>.Shared.Rent(bytes);

    // Lists of a fixed size need their values even where they are null.
    private void EndRow(ReadOnlySpan<int> offsets, int begun)
    {
        if (_fixedSize == 0 || begun == 0)
            return;
        var isNull = _nullLists.Count > 0 && _nullLists[^1] == begun - 1;
        if (isNull)
            Extend(_fixedSize).Clear();
        var found = _count - offsets[begun - 1];
        if (found != _fixedSize)
            throw new InvalidDataException($"column '{_name}': expected lists of {_fixedSize} values, found {found}");
    }

    // Adds the levels of a row up to an index.
    private void Append(int end, int row)
    {
        var definition = _definition.AsSpan(_level, end - _level);
        _level = end;
        if (definition.IndexOfAnyExcept(_valueLevel) < 0)
        {
            _chunk.AsSpan(_value, definition.Length).CopyTo(Extend(definition.Length));
            _value += definition.Length;
            return;
        }

        if (definition[0] == _nullListLevel)
            _nullLists.Add(row);
        if (definition[0] <= _emptyListLevel)
            return;
        var values = Extend(definition.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var isNull = definition[i] < _valueLevel;
            values[i] = isNull ? 0 : _chunk[_value++];
            if (isNull)
                _nullValues.Add(_count - values.Length + i);
        }
    }

    private Span<float> Extend(int count)
    {
        var needed = checked((_count + count) * sizeof(float));
        if (needed > _bytes.Length)
        {
            var larger = Rent((int)Math.Clamp(2L * _bytes.Length, needed, System.Array.MaxLength));
            _bytes.AsSpan(0, _count * sizeof(float)).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        var span = MemoryMarshal.Cast<byte, float>(_bytes.AsSpan(_count * sizeof(float), count * sizeof(float)));
        _count += count;
        return span;
    }

    // Reads the next chunk, from the next row group if this one is at its end.
    private bool Fill()
    {
        (_level, _value, _levels) = (0, 0, 0);
        while (true)
        {
            if (_reader is { HasNext: true })
            {
                _levels = (int)_reader.ReadBatch(ChunkLevels, _definition, _repetition, _chunk, out _);
                if (_levels > 0)
                    return true;
            }

            Dispose();
            (_reader, _rowGroup) = (null, null);
            if (_group + 1 >= _file.FileMetaData.NumRowGroups)
                return false;
            _rowGroup = _file.RowGroup(++_group);
            _reader = (FloatColumnReader)_rowGroup.Column(_column);
        }
    }

    private IArrowArray ToArray(int rows, ArrowBuffer offsets, ArrowBuffer values)
    {
        var items = new FloatArray(new ArrayData(FloatType.Default, _count, _nullValues.Count, 0, [Validity(_nullValues, _count), values]));
        var validity = Validity(_nullLists, rows);
        return _fixedSize > 0
            ? new FixedSizeListArray(new ArrayData(_type, rows, _nullLists.Count, 0, [validity], [items.Data]))
            : new ListArray(_type, rows, offsets, items, validity, _nullLists.Count);
    }

    private static ArrowBuffer Validity(List<int> nulls, int count)
    {
        if (nulls.Count == 0)
            return ArrowBuffer.Empty;
        var bits = new byte[(count + 7) / 8];
        bits.AsSpan().Fill(byte.MaxValue);
        foreach (var i in nulls)
            BitUtility.ClearBit(bits, i);
        return new ArrowBuffer(bits);
    }
}
