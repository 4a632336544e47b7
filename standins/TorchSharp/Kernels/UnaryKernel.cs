using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>One element to one element of the same floating point type.</summary>
internal enum UnaryOp
{
    Exp,
    Log,
    Sqrt,
    Tanh,
    Sigmoid,
    Reciprocal,
    Relu,
}

/// <summary>Functions of single elements.</summary>
internal static class UnaryKernel
{
    private interface IUnary<T>
    {
        static abstract T Apply(T x);

        /// <summary>As the other, on as many elements as the processor takes at once, where it can.</summary>
        static virtual bool HasVector => false;

        static virtual Vector<T> Apply(Vector<T> x) => throw new NotSupportedException();
    }

    /// <summary>Integers become floating point numbers of the default type first.</summary>
    public static TensorImpl Real(UnaryOp op, TensorImpl input)
    {
        var result = CopyKernel.Contiguous(input, input.DType.IsFloatingPoint() ? input.DType : get_default_dtype());
        var work = new RealWork(op, result);
        DTypes.ForFloat<RealWork, bool>(result.DType, ref work);
        return result;
    }

    public static TensorImpl Negate(TensorImpl input)
    {
        if (input.DType == ScalarType.Bool)
            Fail.Native("Negation, the `-` operator, on a bool tensor is not supported.");
        return Number<NegateWork>(CopyKernel.Contiguous(input), result => new NegateWork(result));
    }

    public static TensorImpl Abs(TensorImpl input) =>
        Number<AbsWork>(CopyKernel.Contiguous(input), result => new AbsWork(result));

    /// <summary>Not for Booleans; all bits for integers.</summary>
    public static TensorImpl BitNot(TensorImpl input)
    {
        if (input.DType.IsFloatingPoint())
            Fail.Native($"bitwise_not is not implemented for '{input.DType}'");

        var result = CopyKernel.Contiguous(input);
        var flip = input.DType == ScalarType.Bool ? (byte)1 : (byte)0xff;
        foreach (ref var part in result.Storage.Bytes)
            part ^= flip;
        return result;
    }

    public static TensorImpl LogicalNot(TensorImpl input) => BitNot(CopyKernel.Contiguous(input, ScalarType.Bool));

    private static TensorImpl Number<TWork>(TensorImpl result, Func<TensorImpl, TWork> make)
        where TWork : struct, IForNumber<bool>
    {
        var work = make(result);
        DTypes.ForNumber<TWork, bool>(result.DType, ref work);
        return result;
    }

    private readonly struct NegateWork(TensorImpl result) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T> => Loop<T, NegateOf<T>>(result);
    }

    private readonly struct AbsWork(TensorImpl result) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T> => Loop<T, AbsOf<T>>(result);
    }

    private readonly struct RealWork(UnaryOp op, TensorImpl result) : IForFloat<bool>
    {
        public bool Run<T>() where T : unmanaged, IFloatingPointIeee754<T> => op switch
        {
            UnaryOp.Exp => Loop<T, ExpOf<T>>(result),
            UnaryOp.Log => Loop<T, LogOf<T>>(result),
            UnaryOp.Sqrt => Loop<T, SqrtOf<T>>(result),
            UnaryOp.Tanh => Loop<T, TanhOf<T>>(result),
            UnaryOp.Sigmoid => Loop<T, SigmoidOf<T>>(result),
            UnaryOp.Reciprocal => Loop<T, ReciprocalOf<T>>(result),
            UnaryOp.Relu => Loop<T, ReluOf<T>>(result),
            _ => throw new NotImplementedException(),
        };
    }

    private static bool Loop<T, TOp>(TensorImpl result) where T : unmanaged where TOp : struct, IUnary<T>
    {
        var elements = result.Elements<T>();
        var i = 0;
        if (TOp.HasVector && Vector<T>.IsSupported)
        {
            for (; i <= elements.Length - Vector<T>.Count; i += Vector<T>.Count)
                TOp.Apply(new Vector<T>(elements[i..])).CopyTo(elements[i..]);
        }

        for (; i < elements.Length; i++)
            elements[i] = TOp.Apply(elements[i]);
        return true;
    }

    private readonly struct NegateOf<T> : IUnary<T> where T : INumber<T>
    {
        public static bool HasVector => true;
        public static T Apply(T x) => -x;
        public static Vector<T> Apply(Vector<T> x) => -x;
    }

    private readonly struct AbsOf<T> : IUnary<T> where T : INumber<T>
    {
        public static T Apply(T x) => T.IsNegative(x) ? -x : x;
    }

    private readonly struct ExpOf<T> : IUnary<T> where T : IFloatingPointIeee754<T>
    {
        public static bool HasVector => VectorExp.IsSupported<T>();
        public static T Apply(T x) => T.Exp(x);
        public static Vector<T> Apply(Vector<T> x) => VectorExp.Exp(x);
    }

    private readonly struct LogOf<T> : IUnary<T> where T : IFloatingPointIeee754<T>
    {
        public static T Apply(T x) => T.Log(x);
    }

    private readonly struct SqrtOf<T> : IUnary<T> where T : IFloatingPointIeee754<T>
    {
        public static T Apply(T x) => T.Sqrt(x);
    }

    private readonly struct TanhOf<T> : IUnary<T> where T : IFloatingPointIeee754<T>
    {
        public static T Apply(T x) => T.Tanh(x);
    }

    private readonly struct SigmoidOf<T> : IUnary<T> where T : IFloatingPointIeee754<T>
    {
        public static bool HasVector => VectorExp.IsSupported<T>();
        public static T Apply(T x) => T.One / (T.One + T.Exp(-x));
        public static Vector<T> Apply(Vector<T> x) => Vector<T>.One / (Vector<T>.One + VectorExp.Exp(-x));
    }

    private readonly struct ReciprocalOf<T> : IUnary<T> where T : IFloatingPointIeee754<T>
    {
        public static T Apply(T x) => T.One / x;
    }

    private readonly struct ReluOf<T> : IUnary<T> where T : IFloatingPointIeee754<T>
    {
        public static bool HasVector => true;
        public static T Apply(T x) => x <= T.Zero ? T.Zero : x;

        public static Vector<T> Apply(Vector<T> x) =>
            Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<T>.Zero), Vector<T>.Zero, x);
    }
}
