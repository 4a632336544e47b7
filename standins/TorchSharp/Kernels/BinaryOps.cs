using System.Numerics;

namespace TorchSharp.Internal;

/// <summary>Two elements to one of the same type.</summary>
internal enum BinaryOp
{
    Add,
    Subtract,
    Multiply,
    Divide,
    DivideTruncated,
    DivideFloored,
    Remainder,
    Maximum,
    Minimum,
    Power,
    BitAnd,
    BitOr,
    BitXor,
    TanhGradient,
    SigmoidGradient,
    ReluGradient,
    SqrtGradient,
    ReciprocalGradient,
    AbsGradient,
}

/// <summary>An operation as a type, so that the compiler puts it into the loop.</summary>
internal interface IBinary<T>
{
    static abstract T Apply(T a, T b);

    /// <summary>As the other, on as many elements as the processor takes at once, where it can.</summary>
    static virtual bool HasVector => false;

    static virtual Vector<T> Apply(Vector<T> a, Vector<T> b) => throw new NotSupportedException();
}

internal readonly struct AddOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T a, T b) => a + b;
    public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a + b;
}

internal readonly struct SubtractOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T a, T b) => a - b;
    public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a - b;
}

internal readonly struct MultiplyOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => true;
    public static T Apply(T a, T b) => a * b;
    public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a * b;
}

internal readonly struct DivideOp<T> : IBinary<T> where T : INumber<T>
{
    public static bool HasVector => IsReal;
    public static T Apply(T a, T b) => a / NotZero(b);
    public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a / b;

    /// <summary>Integers have no infinity to answer with.</summary>
    public static T NotZero(T b)
    {
        if (T.IsZero(b) && T.IsInteger(b) && !IsReal)
            Fail.Native("ZeroDivisionError");
        return b;
    }

    private static bool IsReal => typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half);
}

internal readonly struct DivideTruncatedOp<T> : IBinary<T> where T : INumber<T>
{
    // Integer division truncates by itself; a real quotient is cut by taking off its fraction.
    public static T Apply(T a, T b)
    {
        var quotient = DivideOp<T>.Apply(a, b);
        return T.IsFinite(quotient) ? quotient - (quotient % T.One) : quotient;
    }
}

internal readonly struct DivideFlooredOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b)
    {
        var quotient = DivideTruncatedOp<T>.Apply(a, b);
        var rest = a - (quotient * b);
        return !T.IsZero(rest) && T.IsNegative(rest) != T.IsNegative(b) ? quotient - T.One : quotient;
    }
}

internal readonly struct RemainderOp<T> : IBinary<T> where T : INumber<T>
{
    // The sign of the divisor, as in Python.
    public static T Apply(T a, T b)
    {
        var rest = a % DivideOp<T>.NotZero(b);
        return !T.IsZero(rest) && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : rest;
    }
}

internal readonly struct MaximumOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.Max(a, b);
}

internal readonly struct MinimumOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.Min(a, b);
}

internal readonly struct PowerOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b)
    {
        if (!T.IsInteger(b) || typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half))
            return T.CreateTruncating(Math.Pow(double.CreateTruncating(a), double.CreateTruncating(b)));

        var result = T.One;
        for (var left = long.CreateTruncating(b); left > 0; left >>= 1, a *= a)
        {
            if ((left & 1) == 1)
                result *= a;
        }

        return T.IsNegative(b) && a != T.One ? T.Zero : result;
    }
}

internal readonly struct BitAndOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.CreateTruncating(long.CreateTruncating(a) & long.CreateTruncating(b));
}

internal readonly struct BitOrOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.CreateTruncating(long.CreateTruncating(a) | long.CreateTruncating(b));
}

internal readonly struct BitXorOp<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.CreateTruncating(long.CreateTruncating(a) ^ long.CreateTruncating(b));
}
