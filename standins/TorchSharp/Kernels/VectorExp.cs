using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchSharp.Internal;

/// <summary>The exponential function on many elements at once.</summary>
internal static class VectorExp
{
    public static bool IsSupported<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    public static Vector<T> Exp<T>(Vector<T> x) =>
        typeof(T) == typeof(float)
            ? Unsafe.BitCast<Vector<float>, Vector<T>>(Vector.Exp(Unsafe.BitCast<Vector<T>, Vector<float>>(x)))
            : Unsafe.BitCast<Vector<double>, Vector<T>>(Vector.Exp(Unsafe.BitCast<Vector<T>, Vector<double>>(x)));
}
