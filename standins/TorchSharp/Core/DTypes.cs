using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Code that runs once for each element type, with the type as a generic argument.</summary>
internal interface IForNumber<out TResult>
{
    TResult Run<T>() where T : unmanaged, INumber<T>;
}

/// <summary>As <see cref="IForNumber{TResult}"/>, for the floating point types only.</summary>
internal interface IForFloat<out TResult>
{
    TResult Run<T>() where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>Element types: sizes, CLR counterparts, and the result type of mixed operands.</summary>
internal static class DTypes
{
    public static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new NotImplementedException(),
    };

    public static ScalarType FromClr(Type type) =>
        type == typeof(bool) ? ScalarType.Bool :
        type == typeof(byte) ? ScalarType.Byte :
        type == typeof(sbyte) ? ScalarType.Int8 :
        type == typeof(short) ? ScalarType.Int16 :
        type == typeof(int) ? ScalarType.Int32 :
        type == typeof(long) ? ScalarType.Int64 :
        type == typeof(Half) ? ScalarType.Float16 :
        type == typeof(float) ? ScalarType.Float32 :
        type == typeof(double) ? ScalarType.Float64 :
        throw new NotSupportedException($"A tensor cannot hold elements of type {type.FullName}.");

    /// <summary>The CLR type that reads an element, or null for a type without one.</summary>
    public static Type? ToClr(ScalarType type) => type switch
    {
        ScalarType.Bool => typeof(bool),
        ScalarType.Byte => typeof(byte),
        ScalarType.Int8 => typeof(sbyte),
        ScalarType.Int16 => typeof(short),
        ScalarType.Int32 => typeof(int),
        ScalarType.Int64 => typeof(long),
        ScalarType.Float16 => typeof(Half),
        ScalarType.Float32 => typeof(float),
        ScalarType.Float64 => typeof(double),
        _ => null,
    };

    /// <summary>Runs for the type's elements; Booleans are bytes of 0 and 1.</summary>
    public static TResult ForNumber<TFunc, TResult>(ScalarType type, ref TFunc func)
        where TFunc : struct, IForNumber<TResult> => type switch
        {
            ScalarType.Bool or ScalarType.Byte => func.Run<byte>(),
            ScalarType.Int8 => func.Run<sbyte>(),
            ScalarType.Int16 => func.Run<short>(),
            ScalarType.Int32 => func.Run<int>(),
            ScalarType.Int64 => func.Run<long>(),
            ScalarType.Float16 => func.Run<Half>(),
            ScalarType.Float32 => func.Run<float>(),
            ScalarType.Float64 => func.Run<double>(),
            _ => throw Unsupported(type),
        };

    public static TResult ForFloat<TFunc, TResult>(ScalarType type, ref TFunc func)
        where TFunc : struct, IForFloat<TResult> => type switch
        {
            ScalarType.Float16 => func.Run<Half>(),
            ScalarType.Float32 => func.Run<float>(),
            ScalarType.Float64 => func.Run<double>(),
            _ => throw Unsupported(type),
        };

    public static ScalarType Promote(ScalarType a, ScalarType b)
    {
        if (a == b)
            return a;
        if (a.IsComplex() || b.IsComplex())
            throw Unsupported(a.IsComplex() ? a : b);
        if (a.IsFloatingPoint() || b.IsFloatingPoint())
        {
            if (!a.IsFloatingPoint())
                return b;
            if (!b.IsFloatingPoint())
                return a;
            // The two 16-bit types meet in the smallest type that holds both.
            return SizeOf(a) == SizeOf(b) ? ScalarType.Float32 : SizeOf(a) > SizeOf(b) ? a : b;
        }

        if (a == ScalarType.Bool)
            return b;
        if (b == ScalarType.Bool)
            return a;
        if ((a, b) is (ScalarType.Byte, ScalarType.Int8) or (ScalarType.Int8, ScalarType.Byte))
            return ScalarType.Int16;
        return SizeOf(a) >= SizeOf(b) ? a : b;
    }

    /// <summary>
    /// The common type of operands: those with dimensions decide first, then those without, then plain numbers;
    /// a later group counts only when it is of a higher kind (Boolean, integer, floating point).
    /// </summary>
    public static ScalarType Result(TensorImpl a, TensorImpl b) =>
        (a.Rank > 0) == (b.Rank > 0) ? Promote(a.DType, b.DType)
        : a.Rank > 0 ? Combine(a.DType, b.DType)
        : Combine(b.DType, a.DType);

    public static ScalarType Result(TensorImpl a, Scalar b) =>
        Combine(a.DType, b.Type == ScalarType.Float64 ? get_default_dtype() : b.Type);

    private static ScalarType Combine(ScalarType higher, ScalarType lower) =>
        Kind(lower) > Kind(higher) ? Promote(higher, lower) : higher;

    private static int Kind(ScalarType type) =>
        type.IsComplex() ? 3 : type.IsFloatingPoint() ? 2 : type == ScalarType.Bool ? 0 : 1;

    public static NotSupportedException Unsupported(ScalarType type) =>
        new($"The TorchSharp stand-in does not compute with {type}.");
}
