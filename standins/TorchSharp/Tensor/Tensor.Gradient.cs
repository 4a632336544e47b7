using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Automatic differentiation.</summary>
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Impl.RequiresGrad;
            set
            {
                var impl = Impl;
                if (value && !impl.DType.IsFloatingPoint())
                    Fail.Native("only Tensors of floating point and complex dtype can require gradients");
                if (value && impl.IsInference && !GradMode.Inference)
                    Fail.Native("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
                // A recorded result keeps wanting its gradient, whatever it is told.
                impl.WantGrad(value);
            }
        }

        /// <summary>True unless the tensor is the recorded result of an operation.</summary>
        public bool is_leaf => Impl.IsLeaf;

        public Tensor? grad
        {
            get => Impl.Grad is { } impl ? new Tensor(impl) : null;
            set => Impl.Grad = value?.Impl;
        }

        public Tensor requires_grad_(bool requires_grad = true) => with_requires_grad(requires_grad);

        public Tensor with_requires_grad(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Adds the gradients of this tensor, which holds one element, to the leaves it was computed from.</summary>
        public void backward() => autograd.backward([this]);

        /// <summary>
        /// As <see cref="backward()"/>, from given gradients. In TorchSharp 0.102.8 the two switches arrive in each
        /// other's place; where they matter, <see cref="autograd.backward(IList{Tensor}, IList{Tensor}, bool?, bool, IList{Tensor})"/>
        /// says what it means.
        /// </summary>
        public void backward(IList<Tensor>? grad_tensors = null, bool create_graph = false, bool retain_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, create_graph, retain_graph, inputs);

        /// <summary>The same elements outside any graph.</summary>
        public Tensor detach()
        {
            var impl = Impl;
            return new Tensor(impl.View(impl.Sizes, impl.Strides, impl.Offset));
        }

        public Tensor detach_()
        {
            var impl = Impl;
            if (impl.ViewOf is not null)
                Fail.Native("Can't detach views in-place. Use detach() instead.");
            impl.Detach();
            return this;
        }
    }
}
