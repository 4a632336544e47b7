using Apache.Arrow.Types;
using Microsoft.ML.Data;

namespace MlNetNtd.Tool;

/// <summary>Maps types of Arrow columns to ML.NET's.</summary>
internal static class ColumnTypes
{
    /// <summary>Finds the type that ML.NET sees; null if it has none for such a column.</summary>
    public static DataViewType? Find(IArrowType type) => type switch
    {
        FixedSizeListType { ListSize: > 0 } list when FindItem(list.ValueDataType) is { } item => new VectorDataViewType(item, list.ListSize),
        ListType list when FindItem(list.ValueDataType) is { } item => new VectorDataViewType(item),
        LargeListType list when FindItem(list.ValueDataType) is { } item => new VectorDataViewType(item),
        StringType => TextDataViewType.Instance,
        _ => FindItem(type),
    };

    /// <summary>Names a type as Arrow does: list&lt;float&gt;, fixed_size_list&lt;float&gt;[4].</summary>
    public static string Name(IArrowType type) => type switch
    {
        FixedSizeListType list => $"fixed_size_list<{Name(list.ValueDataType)}>[{list.ListSize}]",
        ListType list => $"list<{Name(list.ValueDataType)}>",
        LargeListType list => $"large_list<{Name(list.ValueDataType)}>",
        DictionaryType dictionary => $"dictionary<{Name(dictionary.ValueType)}>",
        StringType => "string",
        _ => type.Name,
    };

    /// <summary>Creates the reader of a column.</summary>
    public static ColumnReader CreateReader(IArrowType type) => type switch
    {
        FixedSizeListType list => CreateVectorReader(list.ValueDataType),
        ListType list => CreateVectorReader(list.ValueDataType),
        LargeListType list => CreateVectorReader(list.ValueDataType),
        StringType => new TextReader(),
        BooleanType => new BooleanReader(),
        FloatType => new ScalarReader<float>(),
        DoubleType => new ScalarReader<double>(),
        Int8Type => new ScalarReader<sbyte>(),
        Int16Type => new ScalarReader<short>(),
        Int32Type => new ScalarReader<int>(),
        Int64Type => new ScalarReader<long>(),
        UInt8Type => new ScalarReader<byte>(),
        UInt16Type => new ScalarReader<ushort>(),
        UInt32Type => new ScalarReader<uint>(),
        UInt64Type => new ScalarReader<ulong>(),
        _ => throw new NotSupportedException($"A column of {Name(type)} has no reader."),
    };

    private static ColumnReader CreateVectorReader(IArrowType item) => item switch
    {
        BooleanType => new BooleanVectorReader(),
        FloatType => new VectorReader<float>(),
        DoubleType => new VectorReader<double>(),
        Int8Type => new VectorReader<sbyte>(),
        Int16Type => new VectorReader<short>(),
        Int32Type => new VectorReader<int>(),
        Int64Type => new VectorReader<long>(),
        UInt8Type => new VectorReader<byte>(),
        UInt16Type => new VectorReader<ushort>(),
        UInt32Type => new VectorReader<uint>(),
        UInt64Type => new VectorReader<ulong>(),
        _ => throw new NotSupportedException($"A list of {Name(item)} has no reader."),
    };

    private static PrimitiveDataViewType? FindItem(IArrowType type) => type switch
    {
        BooleanType => BooleanDataViewType.Instance,
        FloatType => NumberDataViewType.Single,
        DoubleType => NumberDataViewType.Double,
        Int8Type => NumberDataViewType.SByte,
        Int16Type => NumberDataViewType.Int16,
        Int32Type => NumberDataViewType.Int32,
        Int64Type => NumberDataViewType.Int64,
        UInt8Type => NumberDataViewType.Byte,
        UInt16Type => NumberDataViewType.UInt16,
        UInt32Type => NumberDataViewType.UInt32,
        UInt64Type => NumberDataViewType.UInt64,
        _ => null,
    };
}
