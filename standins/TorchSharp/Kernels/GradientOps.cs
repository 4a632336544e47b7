using System.Numerics;

namespace TorchSharp.Internal;

// The first operand of each is the gradient of the result, the second what was saved: x the input, y the result.

internal readonly struct TanhGradientOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T grad, T y) => grad * (T.One - (y * y));
    public static Vector<T> Apply(Vector<T> grad, Vector<T> y) => grad * (Vector<T>.One - (y * y));
}

internal readonly struct SigmoidGradientOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T grad, T y) => grad * ((T.One - y) * y);
    public static Vector<T> Apply(Vector<T> grad, Vector<T> y) => grad * ((Vector<T>.One - y) * y);
}

internal readonly struct ReluGradientOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T grad, T y) => y <= T.Zero ? T.Zero : grad;

    public static Vector<T> Apply(Vector<T> grad, Vector<T> y) =>
        Vector.ConditionalSelect(Vector.LessThanOrEqual(y, Vector<T>.Zero), Vector<T>.Zero, grad);
}

internal readonly struct SqrtGradientOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T grad, T y) => grad / (y + y);
    public static Vector<T> Apply(Vector<T> grad, Vector<T> y) => grad / (y + y);
}

internal readonly struct ReciprocalGradientOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T grad, T y) => -grad * (y * y);
    public static Vector<T> Apply(Vector<T> grad, Vector<T> y) => -grad * (y * y);
}

internal readonly struct AbsGradientOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T grad, T x) => T.IsZero(x) ? T.Zero : T.IsNegative(x) ? -grad : grad;
}
