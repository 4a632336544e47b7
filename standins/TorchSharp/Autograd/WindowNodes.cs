using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>A part of a larger tensor's memory: where its elements lie in it.</summary>
internal readonly struct Window(TensorImpl whole, TensorImpl part)
{
    private readonly ScalarType _dtype = whole.DType;
    private readonly long[] _wholeSizes = whole.Sizes;
    private readonly long[] _wholeStrides = whole.Strides;
    private readonly long[] _sizes = part.Sizes;
    private readonly long[] _strides = part.Strides;
    private readonly long _offset = part.Offset - whole.Offset;

    /// <summary>Zeros laid out as the whole is.</summary>
    public TensorImpl NewWhole()
    {
        var extent = 1L;
        for (var d = 0; d < _wholeSizes.Length; d++)
            extent += (Math.Max(_wholeSizes[d], 1) - 1) * _wholeStrides[d];
        var storage = TensorStorage.Allocate(extent * DTypes.SizeOf(_dtype), clear: true);
        return new TensorImpl(storage, _dtype, _wholeSizes, _wholeStrides, 0);
    }

    public TensorImpl PartOf(TensorImpl newWhole) => newWhole.View(_sizes, _strides, _offset);
}

/// <summary>A view: its gradient belongs to its places in the tensor it is a view of, the others get none.</summary>
internal sealed class WindowNode(TensorImpl whole, TensorImpl part) : Node(whole)
{
    private readonly Window _window = new(whole, part);

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = _window.NewWhole();
        var part = _window.PartOf(result);
        // A place that the view shows several times takes up all its gradients.
        BinaryKernel.RunInto(BinaryOp.Add, part, grad, part);
        inputs[0] = result;
    }
}

/// <summary>A tensor of which a view was changed in place: there the change's step applies, elsewhere nothing changed.</summary>
internal sealed class ChangedWindowNode(TensorImpl whole, TensorImpl part, Node change)
    : Node([whole.GradientEdge, .. change.Edges.Skip(1)])
{
    private readonly Window _window = new(whole, part);

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = _window.NewWhole();
        CopyKernel.Copy(grad, result);
        var part = _window.PartOf(result);
        change.Backward(CopyKernel.Contiguous(part), inputs);
        if (inputs[0] is { } before)
            CopyKernel.Copy(before, part);
        else
            CopyKernel.Fill(part, 0);
        inputs[0] = result;
    }

    public override void Release() => change.Release();
}
