using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Draws by weight.</summary>
    public partial class Tensor
    {
        /// <summary>Indices drawn by the weights of each row, without putting any back unless that is asked for.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
        {
            var impl = Impl;
            CheckWeights(impl, num_samples, replacement);
            if (replacement && num_samples > 1)
                throw new NotSupportedException("The TorchSharp stand-in draws several samples without replacement only.");

            // The index of the largest weight over a waiting time is a draw by weight; so are the next ones.
            var waits = TensorImpl.Create(impl.DType, (long[])impl.Sizes.Clone());
            RandomFill.Exponential(waits, generator);
            var keys = BinaryKernel.Run(BinaryOp.Divide, impl, waits, impl.DType);
            return new Tensor(Largest(keys, num_samples));
        }

        private static TensorImpl Largest(TensorImpl keys, long count)
        {
            var width = (int)keys.Sizes[^1];
            var result = TensorImpl.Create(ScalarType.Int64, [.. keys.Sizes[..^1], count]);
            var (wide, places) = (CopyKernel.Contiguous(keys, ScalarType.Float64), new long[width]);
            for (var row = 0; row < keys.Numel / width; row++)
            {
                for (var i = 0; i < width; i++)
                    places[i] = i;
                var order = wide.Elements<double>().Slice(row * width, width).ToArray();
                Array.Sort(Array.ConvertAll(order, key => -key), places);
                places.AsSpan(0, (int)count).CopyTo(result.Elements<long>()[(int)(row * count)..]);
            }

            return result;
        }

        private static void CheckWeights(TensorImpl weights, long count, bool replacement)
        {
            if (weights.Rank is not (1 or 2))
                Fail.Native("prob_dist must be 1 or 2 dim");
            if (!weights.DType.IsFloatingPoint())
                Fail.Native($"multinomial only supports floating-point dtypes for input, got: {weights.DType}");
            if (count <= 0)
                Fail.Native("cannot sample n_sample <= 0 samples");
            if (!replacement && count > weights.Sizes[^1])
                Fail.Native("cannot sample n_sample > prob_dist.size(-1) samples without replacement");

            var wide = CopyKernel.Contiguous(weights, ScalarType.Float64).Elements<double>();
            var width = (int)weights.Sizes[^1];
            for (var at = 0; at < wide.Length; at += width)
            {
                var sum = 0d;
                foreach (var weight in wide.Slice(at, width))
                {
                    if (!(weight >= 0) || double.IsInfinity(weight))
                        Fail.Native("probability tensor contains either `inf`, `nan` or element < 0");
                    sum += weight;
                }

                if (sum == 0)
                    Fail.Native("invalid multinomial distribution (sum of probabilities <= 0)");
            }
        }
    }
}
