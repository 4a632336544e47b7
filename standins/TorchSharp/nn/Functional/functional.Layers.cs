#nullable disable
using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false)
            {
                if (inplace)
                    throw new NotSupportedException("The TorchSharp stand-in has no activations in place.");
                return x.relu();
            }

            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor tanh(Tensor x, bool inplace = false)
            {
                if (inplace)
                    throw new NotSupportedException("The TorchSharp stand-in has no activations in place.");
                return x.tanh();
            }

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            /// <summary>While training, sets elements to 0 at random and scales up the rest, so that the mean stays.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                var impl = input.Impl;
                if (!(p >= 0 && p <= 1))
                    Fail.Native($"dropout probability has to be between 0 and 1, but got {p}");
                if (!training || p == 0 || impl.Numel == 0)
                    return input.alias();

                var noise = TensorImpl.Create(impl.DType, (long[])impl.Sizes.Clone(), clear: true);
                if (p < 1)
                {
                    RandomFill.Bernoulli(noise, 1 - p);
                    noise = GradMath.Divide(noise, GradMath.Number(1 - p, noise.DType));
                }

                using var factors = new Tensor(noise);
                return inplace ? input.mul_(factors).alias() : input.mul(factors);
            }

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor weight = null, Tensor bias = null, double eps = 1e-5)
            {
                var (x, scale, shift) = (input.Impl, weight?.Impl, bias?.Impl);
                if (normalized_shape.Length == 0 || normalized_shape.Length > x.Rank
                    || !x.Sizes.AsSpan(x.Rank - normalized_shape.Length).SequenceEqual(normalized_shape))
                {
                    Fail.Native($"Given normalized_shape={Fail.Show(normalized_shape)}, expected input with shape [*, " +
                        $"{string.Join(", ", normalized_shape)}], but got input of size {Fail.Show(x.Sizes)}");
                }

                CheckAffine(x, scale, normalized_shape, nameof(weight));
                CheckAffine(x, shift, normalized_shape, nameof(bias));
                var width = Shapes.Count(normalized_shape);
                var (normal, inverse) = LayerNormKernel.Run(x, width, eps);
                var result = normal;
                if (scale is not null)
                    result = GradMath.Multiply(result, scale);
                if (shift is not null)
                    result = BinaryKernel.Run(BinaryOp.Add, result, shift, x.DType);
                // Without scale and shift: what the step keeps must not be what the caller may change.
                if (ReferenceEquals(result, normal))
                    result = CopyKernel.Contiguous(normal);
                var node = Graph.Records(x, scale, shift) ? new LayerNormNode(x, scale, shift, normal, inverse, width) : null;
                return Graph.Result(result, node);
            }

            private static void CheckAffine(TensorImpl input, TensorImpl part, long[] shape, string name)
            {
                if (part is not null && part.DType != input.DType)
                    Fail.Native($"expected scalar type {input.DType} but found {part.DType}");
                if (part is not null && !part.Sizes.AsSpan().SequenceEqual(shape))
                {
                    Fail.Native($"Expected {name} to be of same shape as normalized_shape, but got {name} of shape " +
                        $"{Fail.Show(part.Sizes)} and normalized_shape = {Fail.Show(shape)}");
                }
            }
        }
    }
}
