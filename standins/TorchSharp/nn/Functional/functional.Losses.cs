using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Cross-entropy of true or false, from logits.</summary>
            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                BinaryCrossEntropy.Run(input.Impl, target.Impl, weight?.Impl, pos_weights?.Impl, reduction);

            /// <summary>Cross-entropy of one of several classes, from logits; dimension 1 (or the only one) is the class.</summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                CrossEntropy.Run(input.Impl, target.Impl, weight?.Impl, ignore_index, reduction, label_smoothing);
        }
    }
}
