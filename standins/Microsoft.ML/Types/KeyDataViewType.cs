namespace Microsoft.ML.Data;

/// <summary>Category numbers: raw values run from 1 to <see cref="Count"/>, 0 is missing.</summary>
public sealed class KeyDataViewType : PrimitiveDataViewType
{
    public KeyDataViewType(Type type, ulong count)
        : base(type)
    {
        if (!IsValidDataType(type))
            throw new ArgumentOutOfRangeException(nameof(type), "Type is not valid, it must be Byte, UInt16, UInt32, or UInt64.");
        if (count == 0 || count > LargestOf(type))
        {
            throw new ArgumentOutOfRangeException(nameof(count),
                $"The cardinality of a KeyDataViewType must not exceed {type.Name}.MaxValue and must be strictly positive, but got {count}.");
        }

        Count = count;
    }

    public KeyDataViewType(Type type, int count)
        : this(type, (ulong)count)
    {
        BufferGuard.Param(count > 0, nameof(count), "The cardinality of a KeyDataViewType must be strictly positive.");
    }

    public ulong Count { get; }

    public static bool IsValidDataType(Type type) => LargestOf(type) != 0;

    public override bool Equals(DataViewType other)
        => other is KeyDataViewType key && key.RawType == RawType && key.Count == Count;

    public override bool Equals(object other) => other is DataViewType type && Equals(type);

    public override int GetHashCode() => HashCode.Combine(RawType, Count);

    public override string ToString() => $"Key<{RawType.Name}, 0-{Count - 1}>";

    internal static ulong LargestOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte when !type.IsEnum => byte.MaxValue,
        TypeCode.UInt16 when !type.IsEnum => ushort.MaxValue,
        TypeCode.UInt32 when !type.IsEnum => uint.MaxValue,
        TypeCode.UInt64 when !type.IsEnum => ulong.MaxValue,
        _ => 0,
    };
}
