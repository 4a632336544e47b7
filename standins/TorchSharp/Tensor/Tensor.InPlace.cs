using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Overwriting a tensor's elements.</summary>
    public partial class Tensor
    {
        /// <summary>Takes over the elements of another, stretched to this shape and converted to this type.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            var (impl, from) = (Impl, source.Impl);
            Graph.CheckInPlace(impl);
            CheckStretch(impl, from);
            CopyKernel.Copy(from, impl);
            Graph.Changed(impl, from);
            return this;
        }

        public Tensor fill_(Scalar value)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            CopyKernel.Fill(impl, value);
            return this;
        }

        public Tensor zero_() => fill_(0);

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            RandomFill.Normal(impl, mean, std, generator);
            return this;
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            RandomFill.Uniform(impl, from, to, generator);
            return this;
        }

        /// <summary>The target of a change in place keeps its shape.</summary>
        private static void CheckStretch(TensorImpl target, TensorImpl source)
        {
            if (!Shapes.Broadcast(target.Sizes, source.Sizes).AsSpan().SequenceEqual(target.Sizes))
            {
                Fail.Native($"output with shape {Fail.Show(target.Sizes)} doesn't match the broadcast shape " +
                    Fail.Show(Shapes.Broadcast(target.Sizes, source.Sizes)));
            }
        }
    }
}
