using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Two elements to a Boolean.</summary>
internal enum CompareOp
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Xor,
}

/// <summary>Element by element comparison over two operands, stretched to one shape and brought to one type.</summary>
internal static class CompareKernel
{
    private interface ICompare<T>
    {
        static abstract bool Apply(T a, T b);
    }

    public static TensorImpl Run(CompareOp op, TensorImpl a, TensorImpl b, ScalarType common)
    {
        var result = TensorImpl.Create(ScalarType.Bool, (long[])Shapes.Broadcast(a.Sizes, b.Sizes).Clone());
        var work = new Work(op, CopyKernel.Cast(a, common), CopyKernel.Cast(b, common), result);
        DTypes.ForNumber<Work, bool>(common, ref work);
        return result;
    }

    private readonly struct Work(CompareOp op, TensorImpl a, TensorImpl b, TensorImpl result) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T> => op switch
        {
            CompareOp.Equal => Loop<T, Equal<T>>(),
            CompareOp.NotEqual => Loop<T, NotEqual<T>>(),
            CompareOp.Less => Loop<T, Less<T>>(),
            CompareOp.LessOrEqual => Loop<T, LessOrEqual<T>>(),
            CompareOp.Greater => Loop<T, Greater<T>>(),
            CompareOp.GreaterOrEqual => Loop<T, GreaterOrEqual<T>>(),
            CompareOp.And => Loop<T, And<T>>(),
            CompareOp.Or => Loop<T, Or<T>>(),
            CompareOp.Xor => Loop<T, Xor<T>>(),
            _ => throw new NotImplementedException(),
        };

        private bool Loop<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, ICompare<T>
        {
            var kernel = new Kernel<T, TOp>(a.Storage.As<T>(), b.Storage.As<T>(), result.Storage.As<bool>());
            StridedLoop.Run(result.Sizes, ref kernel, a, b, result);
            return true;
        }
    }

    private readonly ref struct Kernel<T, TOp>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<bool> result) : IStridedKernel
        where T : unmanaged
        where TOp : struct, ICompare<T>
    {
        private readonly ReadOnlySpan<T> _a = a;
        private readonly ReadOnlySpan<T> _b = b;
        private readonly Span<bool> _result = result;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var (x, y, to) = ((int)offsets[0], (int)offsets[1], (int)offsets[2]);
            var (dx, dy, dto) = ((int)strides[0], (int)strides[1], (int)strides[2]);
            for (var i = 0; i < count; i++, x += dx, y += dy, to += dto)
                _result[to] = TOp.Apply(_a[x], _b[y]);
        }
    }

    private readonly struct Equal<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a == b;
    }

    private readonly struct NotEqual<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a != b;
    }

    private readonly struct Less<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a < b;
    }

    private readonly struct LessOrEqual<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a <= b;
    }

    private readonly struct Greater<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a > b;
    }

    private readonly struct GreaterOrEqual<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => a >= b;
    }

    private readonly struct And<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => !T.IsZero(a) && !T.IsZero(b);
    }

    private readonly struct Or<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => !T.IsZero(a) || !T.IsZero(b);
    }

    private readonly struct Xor<T> : ICompare<T> where T : INumber<T>
    {
        public static bool Apply(T a, T b) => T.IsZero(a) != T.IsZero(b);
    }
}
