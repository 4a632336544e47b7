using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Sums into a smaller shape. Floating point numbers add up in double precision, integers in their own.</summary>
internal static class SumKernel
{
    /// <summary>The target has as many dimensions as the input, each of its size or of 1.</summary>
    public static TensorImpl To(TensorImpl input, long[] target)
    {
        var result = TensorImpl.Create(input.DType, (long[])target.Clone(), clear: true);
        var work = new Work(input, result);
        DTypes.ForNumber<Work, bool>(input.DType, ref work);
        return result;
    }

    private readonly struct Work(TensorImpl input, TensorImpl result) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            if (typeof(T) != typeof(float) && typeof(T) != typeof(Half))
            {
                var exact = new Kernel<T, T>(input.Storage.As<T>(), result.Storage.As<T>());
                StridedLoop.Run(input.Sizes, ref exact, input, result);
                return true;
            }

            var sums = TensorImpl.Create(ScalarType.Float64, result.Sizes, clear: true);
            var kernel = new Kernel<T, double>(input.Storage.As<T>(), sums.Storage.As<double>());
            StridedLoop.Run(input.Sizes, ref kernel, input, sums);
            CopyKernel.Copy(sums, result);
            return true;
        }
    }

    private readonly ref struct Kernel<T, TSum>(ReadOnlySpan<T> input, Span<TSum> sums) : IStridedKernel
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        private readonly ReadOnlySpan<T> _input = input;
        private readonly Span<TSum> _sums = sums;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var (from, to) = ((int)offsets[0], (int)offsets[1]);
            var (step, toStep) = ((int)strides[0], (int)strides[1]);
            if (typeof(T) == typeof(float) && step == 1 && toStep is 0 or 1)
            {
                var run = MemoryMarshal.Cast<T, float>(_input.Slice(from, count));
                var wide = MemoryMarshal.Cast<TSum, double>(_sums[to..]);
                if (toStep == 0)
                    wide[0] += Total(run);
                else
                    AddEach(run, wide);
                return;
            }

            for (var i = 0; i < count; i++, from += step, to += toStep)
                _sums[to] += TSum.CreateTruncating(_input[from]);
        }
    }

    private static double Total(ReadOnlySpan<float> run)
    {
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i <= run.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(run[i..]), out var first, out var second);
            low += first;
            high += second;
        }

        var sum = Vector.Sum(low + high);
        for (; i < run.Length; i++)
            sum += run[i];
        return sum;
    }

    private static void AddEach(ReadOnlySpan<float> run, Span<double> sums)
    {
        var i = 0;
        for (; i <= run.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(run[i..]), out var first, out var second);
            (new Vector<double>(sums[i..]) + first).CopyTo(sums[i..]);
            (new Vector<double>(sums[(i + Vector<double>.Count)..]) + second).CopyTo(sums[(i + Vector<double>.Count)..]);
        }

        for (; i < run.Length; i++)
            sums[i] += run[i];
    }
}
