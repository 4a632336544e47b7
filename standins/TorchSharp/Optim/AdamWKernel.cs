#nullable disable
using System.Numerics;
using TorchSharp.Modules;

namespace TorchSharp.Internal;

/// <summary>One step of AdamW on one parameter, in a single pass, rounding as the real package's separate ones do.</summary>
internal static class AdamWKernel
{
    public static void Move(TensorImpl parameter, TensorImpl grad, AdamWState state, AdamW.Options options)
    {
        var dense = parameter.IsContiguous ? parameter : CopyKernel.Contiguous(parameter);
        var slope = CopyKernel.Cast(grad.IsContiguous ? grad : CopyKernel.Contiguous(grad), parameter.DType);
        var work = new Work(dense, slope, state, options);
        DTypes.ForFloat<Work, bool>(parameter.DType, ref work);
        if (!ReferenceEquals(dense, parameter))
            CopyKernel.Copy(dense, parameter);
    }

    private readonly struct Work(TensorImpl parameter, TensorImpl grad, AdamWState state, AdamW.Options options) : IForFloat<bool>
    {
        public bool Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            var (rate, beta1, beta2) = (options.LearningRate.Value, options.beta1.Value, options.beta2.Value);
            var step = new Factors<T>
            {
                Keep = T.CreateTruncating(1 - (rate * options.weight_decay.Value)),
                KeepMean = T.CreateTruncating(beta1),
                TakeMean = T.CreateTruncating(options.maximize.Value ? beta1 - 1 : 1 - beta1),
                KeepSquare = T.CreateTruncating(beta2),
                TakeSquare = T.CreateTruncating(1 - beta2),
                Root = T.CreateTruncating(Math.Sqrt(1 - Math.Pow(beta2, state.Steps))),
                Eps = T.CreateTruncating(options.eps.Value),
                Step = T.CreateTruncating(-rate / (1 - Math.Pow(beta1, state.Steps))),
            };
            var largest = state.LargestSquare is null ? default : state.LargestSquare.Impl.Elements<T>();
            step.Move(parameter.Elements<T>(), grad.Elements<T>(), state.Mean.Impl.Elements<T>(), state.Square.Impl.Elements<T>(), largest);
            return true;
        }
    }

    private readonly struct Factors<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T Keep { get; init; }
        public T KeepMean { get; init; }
        public T TakeMean { get; init; }
        public T KeepSquare { get; init; }
        public T TakeSquare { get; init; }
        public T Root { get; init; }
        public T Eps { get; init; }
        public T Step { get; init; }

        public void Move(Span<T> parameter, ReadOnlySpan<T> grad, Span<T> mean, Span<T> square, Span<T> largest)
        {
            for (var i = 0; i < parameter.Length; i++)
            {
                var g = grad[i];
                mean[i] = (mean[i] * KeepMean) + (TakeMean * g);
                square[i] = (square[i] * KeepSquare) + (TakeSquare * g * g);
                var spread = square[i];
                if (!largest.IsEmpty)
                    spread = largest[i] = T.Max(largest[i], spread);
                var divisor = (T.Sqrt(spread) / Root) + Eps;
                parameter[i] = (parameter[i] * Keep) + (Step * mean[i] / divisor);
            }
        }
    }
}
