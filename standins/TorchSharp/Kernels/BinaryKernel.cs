using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Element by element over two operands, stretched to one shape and brought to one type.</summary>
internal static class BinaryKernel
{
    public static TensorImpl Run(BinaryOp op, TensorImpl a, TensorImpl b, ScalarType dtype)
    {
        var result = TensorImpl.Create(dtype, (long[])Shapes.Broadcast(a.Sizes, b.Sizes).Clone());
        RunInto(op, a, b, result);
        return result;
    }

    /// <summary>As <see cref="Run"/>, into a tensor of the result's shape and type, which may be an operand.</summary>
    public static void RunInto(BinaryOp op, TensorImpl a, TensorImpl b, TensorImpl result)
    {
        var work = new Work(op, CopyKernel.Cast(a, result.DType), CopyKernel.Cast(b, result.DType), result);
        DTypes.ForNumber<Work, bool>(result.DType, ref work);
    }

    private readonly struct Work(BinaryOp op, TensorImpl a, TensorImpl b, TensorImpl result) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T> => op switch
        {
            BinaryOp.Add => Loop<T, AddOp<T>>(),
            BinaryOp.Subtract => Loop<T, SubtractOp<T>>(),
            BinaryOp.Multiply => Loop<T, MultiplyOp<T>>(),
            BinaryOp.Divide => Loop<T, DivideOp<T>>(),
            BinaryOp.DivideTruncated => Loop<T, DivideTruncatedOp<T>>(),
            BinaryOp.DivideFloored => Loop<T, DivideFlooredOp<T>>(),
            BinaryOp.Remainder => Loop<T, RemainderOp<T>>(),
            BinaryOp.Maximum => Loop<T, MaximumOp<T>>(),
            BinaryOp.Minimum => Loop<T, MinimumOp<T>>(),
            BinaryOp.Power => Loop<T, PowerOp<T>>(),
            BinaryOp.BitAnd => Loop<T, BitAndOp<T>>(),
            BinaryOp.BitOr => Loop<T, BitOrOp<T>>(),
            BinaryOp.BitXor => Loop<T, BitXorOp<T>>(),
            BinaryOp.TanhGradient => Loop<T, TanhGradientOp<T>>(),
            BinaryOp.SigmoidGradient => Loop<T, SigmoidGradientOp<T>>(),
            BinaryOp.ReluGradient => Loop<T, ReluGradientOp<T>>(),
            BinaryOp.SqrtGradient => Loop<T, SqrtGradientOp<T>>(),
            BinaryOp.ReciprocalGradient => Loop<T, ReciprocalGradientOp<T>>(),
            BinaryOp.AbsGradient => Loop<T, AbsGradientOp<T>>(),
            _ => throw new NotImplementedException(),
        };

        private bool Loop<T, TOp>() where T : unmanaged, INumber<T> where TOp : struct, IBinary<T>
        {
            var kernel = new Kernel<T, TOp>(
                a.Storage.As<T>(), b.Storage.As<T>(), result.Storage.As<T>(), result.DType == ScalarType.Bool);
            StridedLoop.Run(result.Sizes, ref kernel, a, b, result);
            return true;
        }
    }

    private readonly ref struct Kernel<T, TOp>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> result, bool boolean) : IStridedKernel
        where T : unmanaged, INumber<T>
        where TOp : struct, IBinary<T>
    {
        private readonly ReadOnlySpan<T> _a = a;
        private readonly ReadOnlySpan<T> _b = b;
        private readonly Span<T> _result = result;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var (x, y, to) = ((int)offsets[0], (int)offsets[1], (int)offsets[2]);
            var (dx, dy, dto) = ((int)strides[0], (int)strides[1], (int)strides[2]);
            if (boolean)
            {
                // A sum of Booleans is "or", a product "and": any result but zero is true.
                for (var i = 0; i < count; i++, x += dx, y += dy, to += dto)
                    _result[to] = T.IsZero(TOp.Apply(_a[x], _b[y])) ? T.Zero : T.One;
                return;
            }

            if (dto == 1 && dx <= 1 && dy <= 1 && dx >= 0 && dy >= 0 && count > 1)
            {
                Contiguous(_a[x..], dx, _b[y..], dy, _result.Slice(to, count));
                return;
            }

            for (var i = 0; i < count; i++, x += dx, y += dy, to += dto)
                _result[to] = TOp.Apply(_a[x], _b[y]);
        }

        /// <summary>Operands that are a run of elements (step 1) or one repeated element (step 0).</summary>
        private static void Contiguous(ReadOnlySpan<T> a, int da, ReadOnlySpan<T> b, int db, Span<T> result)
        {
            var i = 0;
            if (TOp.HasVector && Vector<T>.IsSupported)
            {
                var (wholeA, wholeB) = (new Vector<T>(a[0]), new Vector<T>(b[0]));
                for (; i <= result.Length - Vector<T>.Count; i += Vector<T>.Count)
                {
                    var va = da == 0 ? wholeA : new Vector<T>(a[i..]);
                    var vb = db == 0 ? wholeB : new Vector<T>(b[i..]);
                    TOp.Apply(va, vb).CopyTo(result[i..]);
                }
            }

            for (; i < result.Length; i++)
                result[i] = TOp.Apply(a[i * da], b[i * db]);
        }
    }
}
