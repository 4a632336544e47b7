namespace TorchSharp.Internal;

/// <summary>The end of the way back: adds to the gradient of a leaf.</summary>
internal sealed class AccumulateGrad : Node
{
    private readonly TensorImpl _leaf;

    public AccumulateGrad(TensorImpl leaf)
        : base((Node?[])[])
    {
        _leaf = leaf;
        Describe(leaf);
    }

    public override long Order => long.MaxValue;

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) => AddTo(_leaf, grad);

    /// <summary>The first gradient is copied, as it may be shared; later ones are added in place.</summary>
    public static void AddTo(TensorImpl tensor, TensorImpl grad)
    {
        if (tensor.Grad is null)
        {
            tensor.Grad = CopyKernel.Contiguous(grad);
            return;
        }

        BinaryKernel.RunInto(BinaryOp.Add, tensor.Grad, grad, tensor.Grad);
        tensor.Grad.Storage.Version++;
    }
}
