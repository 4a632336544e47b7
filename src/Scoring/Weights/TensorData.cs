using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Represents a tensor of a weight file.</summary>
/// <param name="DType">
/// The item type's name in the .safetensors format: <c>F32</c>, <c>F64</c>, <c>BF16</c>, <c>I64</c>, ...
/// </param>
/// <param name="Shape">The dimensions; empty for a scalar.</param>
/// <param name="Data">The items, row-major, little-endian.</param>
public sealed record TensorData(string DType, ImmutableArray<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>The name of the type for 32-bit floats.</summary>
    public const string F32 = "F32";

    /// <summary>Creates a tensor of 32-bit floats.</summary>
    /// <param name="shape">The dimensions.</param>
    /// <param name="values">The items, row-major; copied.</param>
    /// <exception cref="ArgumentException">
    /// The shape has a negative dimension or another number of items, or there are more than 536,870,897 items.
    /// </exception>
    public static TensorData FromSingles(ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        var count = BigInteger.One;
        foreach (var size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count *= size;
        }

        if (count != values.Length)
            throw new ArgumentException($"The shape ({string.Join(", ", shape.ToArray())}) has {count} items, found {values.Length}.", nameof(values));
        if (values.Length > Array.MaxLength / sizeof(float))
            throw new ArgumentException($"Expected at most {Array.MaxLength / sizeof(float)} items, whose bytes fit one array, found {values.Length}.", nameof(values));
        return new TensorData(F32, [.. shape], MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>Gets the items as 32-bit floats.</summary>
    /// <exception cref="InvalidOperationException">The items have another type.</exception>
    public ReadOnlySpan<float> AsSingles() => DType == F32
        ? MemoryMarshal.Cast<byte, float>(Data.Span)
        : throw new InvalidOperationException($"Expected items of type {F32}, found {DType}.");
}
