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
            Graph.CheckInPlace(impl, from);
            CheckStretch(impl, from);
            CheckOverlap(impl);
            var node = Graph.Records(impl, from) ? new OverwriteNode(impl, from) : null;
            CopyKernel.Copy(from, impl);
            Graph.Changed(impl, node);
            return this;
        }

        public Tensor fill_(Scalar value)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            var node = Overwritten(impl);
            CopyKernel.Fill(impl, value);
            Graph.Changed(impl, node);
            return this;
        }

        /// <summary>Gives another object on the same content, unlike the other changes in place.</summary>
        public Tensor zero_() => fill_(0).alias();

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            var node = Overwritten(impl);
            RandomFill.Normal(impl, mean, std, generator);
            Graph.Changed(impl, node);
            return this;
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            var node = Overwritten(impl);
            RandomFill.Uniform(impl, from, to, generator);
            Graph.Changed(impl, node);
            return this;
        }

        private static OverwriteNode? Overwritten(TensorImpl impl) => Graph.Records(impl) ? new OverwriteNode(impl) : null;

        /// <summary>A place that a stretched view shows several times cannot take several values.</summary>
        private static void CheckOverlap(TensorImpl target)
        {
            for (var d = 0; d < target.Rank; d++)
            {
                if (target.Strides[d] == 0 && target.Sizes[d] > 1)
                {
                    Fail.Native("unsupported operation: more than one element of the written-to tensor refers to a single " +
                        "memory location. Please clone() the tensor before performing the operation.");
                }
            }
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
