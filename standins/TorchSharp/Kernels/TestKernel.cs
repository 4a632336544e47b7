using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Questions about single elements.</summary>
internal static class TestKernel
{
    public static TensorImpl IsNaN(TensorImpl input) => Run(input, new NaNWork(input, Answer(input)));

    public static TensorImpl IsInfinite(TensorImpl input) => Run(input, new InfiniteWork(input, Answer(input)));

    private static TensorImpl Answer(TensorImpl input) =>
        TensorImpl.Create(ScalarType.Bool, (long[])input.Sizes.Clone());

    private static TensorImpl Run<TWork>(TensorImpl input, TWork work) where TWork : struct, IForNumber<TensorImpl> =>
        DTypes.ForNumber<TWork, TensorImpl>(input.DType, ref work);

    private static ReadOnlySpan<T> Read<T>(TensorImpl input) where T : unmanaged =>
        (input.IsContiguous ? input : CopyKernel.Contiguous(input)).Elements<T>();

    private readonly struct NaNWork(TensorImpl input, TensorImpl answer) : IForNumber<TensorImpl>
    {
        public TensorImpl Run<T>() where T : unmanaged, INumber<T>
        {
            var from = Read<T>(input);
            var to = answer.Elements<bool>();
            for (var i = 0; i < to.Length; i++)
                to[i] = T.IsNaN(from[i]);
            return answer;
        }
    }

    private readonly struct InfiniteWork(TensorImpl input, TensorImpl answer) : IForNumber<TensorImpl>
    {
        public TensorImpl Run<T>() where T : unmanaged, INumber<T>
        {
            var from = Read<T>(input);
            var to = answer.Elements<bool>();
            for (var i = 0; i < to.Length; i++)
                to[i] = T.IsInfinity(from[i]);
            return answer;
        }
    }
}
