#nullable disable
using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Gradients, into the leaves or to the caller.</summary>
    public static partial class autograd
    {
        /// <summary>The gradients of outputs (times theirs) with respect to inputs.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            RefuseGraph(create_graph);
            var (roots, gradients) = Roots(outputs, grad_outputs);
            var wanted = Edges(inputs);
            var results = Engine.Run(roots, gradients, retain_graph, wanted);
            if (!allow_unused && Array.Exists(results, result => result is null))
            {
                Fail.Native("One of the differentiated Tensors appears to not have been used in the graph. Set " +
                    "allow_unused=True if this is the desired behavior.");
            }

            return Array.ConvertAll(results, result => result is null ? null : new Tensor(result)).ToList();
        }

        /// <summary>Adds gradients to the leaves, or only to the given inputs.</summary>
        public static void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null)
        {
            RefuseGraph(create_graph);
            var (roots, gradients) = Roots(tensors, grad_tensors);
            if (inputs is null or { Count: 0 })
            {
                Engine.Run(roots, gradients, retain_graph ?? false);
                return;
            }

            var results = Engine.Run(roots, gradients, retain_graph ?? false, Edges(inputs));
            for (var i = 0; i < results.Length; i++)
            {
                if (results[i] is { } result)
                    AccumulateGrad.AddTo(inputs[i].Impl, result);
            }
        }

        public static void backward(Tensor tensor, IList<Tensor> grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static (List<Node> Roots, List<TensorImpl> Gradients) Roots(IList<Tensor> tensors, IList<Tensor> gradients)
        {
            if (gradients is { Count: > 0 } && gradients.Count != tensors.Count)
                Fail.Native($"got {tensors.Count} tensors and {gradients.Count} gradients");

            var (roots, starts) = (new List<Node>(), new List<TensorImpl>());
            for (var i = 0; i < tensors.Count; i++)
            {
                var impl = tensors[i].Impl;
                if (impl.GradientEdge is not { } edge)
                {
                    Fail.Native($"element {i} of tensors does not require grad and does not have a grad_fn");
                    return default;
                }

                roots.Add(edge);
                starts.Add(Start(impl, gradients is { Count: > 0 } ? gradients[i] : null, i));
            }

            return (roots, starts);
        }

        private static TensorImpl Start(TensorImpl impl, Tensor given, int index)
        {
            if (given is null)
            {
                if (impl.Numel != 1)
                    Fail.Native("grad can be implicitly created only for scalar outputs");
                var one = GradMath.Zeros(impl);
                CopyKernel.Fill(one, 1);
                return one;
            }

            if (!given.Impl.Sizes.AsSpan().SequenceEqual(impl.Sizes))
            {
                Fail.Native($"Mismatch in shape: grad_output[{index}] has a shape of {Fail.Show(given.Impl.Sizes)} and " +
                    $"output[{index}] has a shape of {Fail.Show(impl.Sizes)}.");
            }

            return given.Impl;
        }

        private static List<Node> Edges(IList<Tensor> inputs)
        {
            var edges = new List<Node>();
            foreach (var input in inputs)
            {
                if (input.Impl.GradientEdge is not { } edge)
                {
                    Fail.Native("One of the differentiated Tensors does not require grad");
                    return null;
                }

                edges.Add(edge);
            }

            return edges;
        }

        private static void RefuseGraph(bool create)
        {
            if (create)
            {
                throw new NotSupportedException(
                    "The TorchSharp stand-in does not differentiate gradients again (create_graph). In TorchSharp 0.102.8 " +
                    "Tensor.backward(retain_graph: true) asks for that by an exchange of arguments: " +
                    "torch.autograd.backward(tensors, retain_graph: true) is what retains a graph.");
            }
        }
    }
}
