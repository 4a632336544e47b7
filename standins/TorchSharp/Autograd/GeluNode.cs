namespace TorchSharp.Internal;

/// <summary>GELU.</summary>
internal sealed class GeluNode : Node
{
    private readonly Saved _input;

    public GeluNode(TensorImpl input)
        : base(input) => _input = Save(input);

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) => inputs[0] = GeluKernel.Back(grad, _input.Value);
}
