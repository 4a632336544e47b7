namespace TorchSharp.Internal;

/// <summary>Copies of whole places along a dimension.</summary>
internal sealed class SelectPlacesNode : Node
{
    private readonly Saved _places;
    private readonly long[] _before;
    private readonly int _dim;

    public SelectPlacesNode(TensorImpl input, int dim, TensorImpl places)
        : base(input)
    {
        _places = Save(places);
        (_before, _dim) = (input.Sizes, dim);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = GradMath.Zeros(grad.DType, _before);
        IndexKernel.AddPlaces(grad, result, _dim, _places.Value);
        inputs[0] = result;
    }
}

/// <summary>Single elements along a dimension.</summary>
internal sealed class GatherNode : Node
{
    private readonly Saved _places;
    private readonly long[] _before;
    private readonly int _dim;

    public GatherNode(TensorImpl input, int dim, TensorImpl places)
        : base(input)
    {
        _places = Save(places);
        (_before, _dim) = (input.Sizes, dim);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = GradMath.Zeros(grad.DType, _before);
        IndexKernel.ScatterAdd(grad, result, _dim, _places.Value);
        inputs[0] = result;
    }
}

/// <summary>Rows of a table, but for those of a padding index.</summary>
internal sealed class EmbeddingNode : Node
{
    private readonly Saved _indices;
    private readonly long[] _before;
    private readonly long? _padding;

    public EmbeddingNode(TensorImpl weight, TensorImpl indices, long? padding)
        : base(weight)
    {
        _indices = Save(indices);
        (_before, _padding) = (weight.Sizes, padding);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = GradMath.Zeros(grad.DType, _before);
        var indices = CopyKernel.Contiguous(_indices.Value);
        var flat = indices.View([indices.Numel], [1], 0);
        IndexKernel.AddPlaces(GradMath.Reshape(grad, [indices.Numel, _before[1]]), result, 0, flat);
        if (_padding is { } row)
            CopyKernel.Fill(result.View([_before[1]], [1], row * _before[1]), 0);
        inputs[0] = result;
    }
}

/// <summary>What index tensors select.</summary>
internal sealed class IndexNode(TensorImpl view, IndexedPlaces places) : Node(view)
{
    private readonly long[] _before = view.Sizes;

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = GradMath.Zeros(grad.DType, _before);
        places.On(result).Add(grad);
        inputs[0] = result;
    }
}

/// <summary>Written to what index tensors select.</summary>
internal sealed class IndexPutNode(TensorImpl view, TensorImpl? value, IndexedPlaces places) : Node(view, value)
{
    private readonly long[]? _valueSizes = value?.Sizes;

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        if (Needs(1))
        {
            var ofValue = places.On(grad).Read();
            // Leading dimensions of size 1 that a value has too many were dropped on the way in.
            var extra = Math.Max(0, _valueSizes!.Length - ofValue.Rank);
            inputs[1] = GradMath.Reshape(GradMath.SumTo(ofValue, _valueSizes[extra..]), _valueSizes);
        }

        if (Needs(0))
        {
            var rest = CopyKernel.Contiguous(grad);
            places.On(rest).Write(GradMath.Number(0, grad.DType));
            inputs[0] = rest;
        }
    }
}
