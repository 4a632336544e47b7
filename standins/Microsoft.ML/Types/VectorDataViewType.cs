using System.Collections.Immutable;

namespace Microsoft.ML.Data;

/// <summary>Vectors of one item type. A dimension of zero is an unknown one, and makes the size unknown.</summary>
public sealed class VectorDataViewType : StructuredDataViewType
{
    public VectorDataViewType(PrimitiveDataViewType itemType, int size = 0)
        : base(RawTypeFor(itemType))
    {
        BufferGuard.Param(size >= 0, nameof(size));

        ItemType = itemType;
        Size = size;
        Dimensions = [size];
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, params int[] dimensions)
        : this(itemType, dimensions is null ? [] : ImmutableArray.Create(dimensions))
    {
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, ImmutableArray<int> dimensions)
        : base(RawTypeFor(itemType))
    {
        BufferGuard.Param(dimensions.Length > 0, nameof(dimensions));
        BufferGuard.Param(dimensions.All(dimension => dimension >= 0), nameof(dimensions));

        ItemType = itemType;
        Dimensions = dimensions;
        Size = 1;
        foreach (int dimension in dimensions)
            Size = checked(Size * dimension);
    }

    public ImmutableArray<int> Dimensions { get; }

    public PrimitiveDataViewType ItemType { get; }

    /// <summary>The product of the dimensions; zero when any of them is unknown.</summary>
    public int Size { get; }

    public bool IsKnownSize => Size > 0;

    public override bool Equals(DataViewType other)
        => ReferenceEquals(this, other)
            || (other is VectorDataViewType vector
                && ItemType.Equals(vector.ItemType)
                && Dimensions.AsSpan().SequenceEqual(vector.Dimensions.AsSpan()));

    public override bool Equals(object other) => other is DataViewType type && Equals(type);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(ItemType);
        foreach (int dimension in Dimensions)
            hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <summary>Such as <c>Vector&lt;Single, 2, 3&gt;</c>; an unknown dimension among several is a star, a single one is left out.</summary>
    public override string ToString()
    {
        IEnumerable<string> sizes = Dimensions.Length == 1 && Size == 0
            ? []
            : Dimensions.Select(dimension => dimension == 0 ? ", *" : $", {dimension}");
        return $"Vector<{ItemType}{string.Concat(sizes)}>";
    }

    private static Type RawTypeFor(PrimitiveDataViewType itemType)
    {
        ArgumentNullException.ThrowIfNull(itemType);
        return typeof(VBuffer<>).MakeGenericType(itemType.RawType);
    }
}
