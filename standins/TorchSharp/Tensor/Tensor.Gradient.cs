using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The state of automatic differentiation. Nothing is recorded yet: there is no backward().</summary>
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
                if (!value && !impl.IsLeaf)
                    Fail.Native("you can only change requires_grad flags of leaf variables.");
                impl.RequiresGrad = value;
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

        /// <summary>The same elements outside any graph.</summary>
        public Tensor detach()
        {
            var impl = Impl;
            return new Tensor(impl.View(impl.Sizes, impl.Strides, impl.Offset));
        }

        public Tensor detach_()
        {
            var impl = Impl;
            impl.RequiresGrad = false;
            impl.IsLeaf = true;
            return this;
        }
    }
}
