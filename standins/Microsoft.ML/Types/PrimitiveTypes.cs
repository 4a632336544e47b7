namespace Microsoft.ML.Data;

/// <summary>Which column type holds values of a .NET type.</summary>
internal static class PrimitiveTypes
{
    private static readonly Dictionary<Type, PrimitiveDataViewType> ByRawType = new PrimitiveDataViewType[]
    {
        NumberDataViewType.SByte,
        NumberDataViewType.Byte,
        NumberDataViewType.Int16,
        NumberDataViewType.UInt16,
        NumberDataViewType.Int32,
        NumberDataViewType.UInt32,
        NumberDataViewType.Int64,
        NumberDataViewType.UInt64,
        NumberDataViewType.Single,
        NumberDataViewType.Double,
        TextDataViewType.Instance,
        BooleanDataViewType.Instance,
        TimeSpanDataViewType.Instance,
        DateTimeDataViewType.Instance,
        DateTimeOffsetDataViewType.Instance,
        RowIdDataViewType.Instance,
    }.ToDictionary(type => type.RawType);

    /// <summary>The type for values of <paramref name="rawType"/>, or null where there is none.</summary>
    public static PrimitiveDataViewType OrNull(Type rawType) => ByRawType.GetValueOrDefault(rawType);

    public static PrimitiveDataViewType Of(Type rawType) => ByRawType[rawType];
}
