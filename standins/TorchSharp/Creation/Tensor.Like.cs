namespace TorchSharp;

public static partial class torch
{
    /// <summary>New tensors in the shape of this one.</summary>
    public partial class Tensor
    {
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.zeros(Impl.Sizes, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.ones(Impl.Sizes, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.empty(Impl.Sizes, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.full(Impl.Sizes, value, dtype ?? this.dtype, device ?? this.device, requires_grad);
    }
}
