using TorchSharp.Internal;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Helpers for training.</summary>
        public static partial class utils
        {
            /// <summary>Scales all gradients, in place, so that their common norm is at most the given one; gives the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                var gradients = tensors.Select(tensor => tensor.Impl.Grad).OfType<TensorImpl>().ToArray();
                if (gradients.Length == 0)
                    return 0;

                var norms = Array.ConvertAll(gradients, gradient => Norm(Values(gradient), norm_type));
                var total = norm_type == 0 ? norms.Length : norms.Length == 1 ? norms[0] : Norm(norms, norm_type);
                // Finite or not: a norm that is not a number spreads, as in libtorch.
                var factor = (float)(max_norm / (total + 1e-6));
                foreach (var gradient in gradients)
                {
                    var number = GradMath.Number(factor > 1 ? 1 : factor, gradient.DType);
                    BinaryKernel.RunInto(BinaryOp.Multiply, gradient, number, gradient);
                }

                return total;
            }

            private static double[] Values(TensorImpl gradient) =>
                CopyKernel.Contiguous(gradient, ScalarType.Float64).Elements<double>().ToArray();

            private static double Norm(double[] values, double type)
            {
                if (double.IsPositiveInfinity(type))
                    return values.Length == 0 ? 0 : values.Aggregate(0d, (most, value) => Math.Max(most, Math.Abs(value)));
                var sum = 0d;
                foreach (var value in values)
                    sum += type == 2 ? value * value : Math.Pow(Math.Abs(value), type);
                return type == 2 ? Math.Sqrt(sum) : Math.Pow(sum, 1 / type);
            }
        }
    }
}
