using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The type of a tensor's elements, numbered as in libtorch.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        ComplexFloat32 = 9,
        ComplexFloat64 = 10,
        Bool = 11,
        BFloat16 = 15,
    }

    // Public and writable in the real package too.
#pragma warning disable CA2211
    public static ScalarType @bool = ScalarType.Bool;
    public static ScalarType uint8 = ScalarType.Byte;
    public static ScalarType int8 = ScalarType.Int8;
    public static ScalarType int16 = ScalarType.Int16;
    public static ScalarType int32 = ScalarType.Int32;
    public static ScalarType int64 = ScalarType.Int64;
    public static ScalarType bfloat16 = ScalarType.BFloat16;
    public static ScalarType float16 = ScalarType.Float16;
    public static ScalarType float32 = ScalarType.Float32;
    public static ScalarType float64 = ScalarType.Float64;
    public static ScalarType @short = ScalarType.Int16;
    public static ScalarType @int = ScalarType.Int32;
    public static ScalarType @long = ScalarType.Int64;
    public static ScalarType half = ScalarType.Float16;
    public static ScalarType @float = ScalarType.Float32;
    public static ScalarType @double = ScalarType.Float64;
#pragma warning restore CA2211

    private static ScalarType _defaultType = ScalarType.Float32;
    private static Device? _defaultDevice;

    public static bool is_integral(ScalarType type) => type.IsIntegral();

    public static bool is_floating_point(ScalarType type) => type.IsFloatingPoint();

    public static bool is_complex(ScalarType type) => type.IsComplex();

    public static ScalarType get_default_dtype() => _defaultType;

    public static void set_default_dtype(ScalarType dtype)
    {
        if (!dtype.IsFloatingPoint())
            throw new ArgumentException($"The default element type must be a floating point type, not {dtype}.");
        _defaultType = dtype;
    }

    public static Device get_default_device() => _defaultDevice ?? CPU;

    public static void set_default_device(Device device) =>
        _defaultDevice = device ?? throw new ArgumentNullException(nameof(device));

    public static ScalarType promote_types(ScalarType type1, ScalarType type2) => DTypes.Promote(type1, type2);
}
