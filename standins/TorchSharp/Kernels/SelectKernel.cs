using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Elements of one tensor or another, by a condition.</summary>
internal static class SelectKernel
{
    public static TensorImpl Where(TensorImpl condition, TensorImpl x, TensorImpl y)
    {
        if (condition.DType is not (ScalarType.Bool or ScalarType.Byte))
            Fail.Native($"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.DType}");

        var dtype = DTypes.Result(x, y);
        var shape = Shapes.Broadcast(Shapes.Broadcast(x.Sizes, y.Sizes), condition.Sizes);
        var result = TensorImpl.Create(dtype, (long[])shape.Clone());
        Into(condition, CopyKernel.Cast(x, dtype), CopyKernel.Cast(y, dtype), result);
        return result;
    }

    /// <summary>The result may be one of the operands.</summary>
    public static void Into(TensorImpl condition, TensorImpl x, TensorImpl y, TensorImpl result)
    {
        switch (DTypes.SizeOf(result.DType))
        {
            case 1: Run<byte>(condition, x, y, result); break;
            case 2: Run<short>(condition, x, y, result); break;
            case 4: Run<int>(condition, x, y, result); break;
            case 8: Run<long>(condition, x, y, result); break;
            default: throw DTypes.Unsupported(result.DType);
        }
    }

    private static void Run<T>(TensorImpl condition, TensorImpl x, TensorImpl y, TensorImpl result) where T : unmanaged
    {
        var kernel = new Kernel<T>(
            condition.Storage.Bytes, x.Storage.As<T>(), y.Storage.As<T>(), result.Storage.As<T>());
        StridedLoop.Run(result.Sizes, ref kernel, condition, x, y, result);
    }

    private readonly ref struct Kernel<T>(ReadOnlySpan<byte> condition, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result) : IStridedKernel
        where T : unmanaged
    {
        private readonly ReadOnlySpan<byte> _condition = condition;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _y = y;
        private readonly Span<T> _result = result;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var (c, x, y, to) = (offsets[0], offsets[1], offsets[2], offsets[3]);
            for (var i = 0; i < count; i++)
            {
                _result[(int)to] = _condition[(int)c] != 0 ? _x[(int)x] : _y[(int)y];
                c += strides[0];
                x += strides[1];
                y += strides[2];
                to += strides[3];
            }
        }
    }
}
