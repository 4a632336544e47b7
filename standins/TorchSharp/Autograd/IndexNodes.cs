namespace TorchSharp.Internal;

/// <summary>Copies along a dimension: of whole places, or of single elements.</summary>
internal sealed class SelectPlacesNode : Node
{
    private readonly Saved _places;
    private readonly long[] _before;
    private readonly int _dim;
    private readonly Action<TensorImpl, TensorImpl, int, TensorImpl> _add;

    /// <summary>The node of a selection.</summary>
    /// <param name="input">What was selected from.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="places">Where along it.</param>
    /// <param name="add">The kernel that adds what was selected back to where it came from.</param>
    public SelectPlacesNode(TensorImpl input, int dim, TensorImpl places, Action<TensorImpl, TensorImpl, int, TensorImpl> add)
        : base(input)
    {
        _places = Save(places);
        (_before, _dim, _add) = (input.Sizes, dim, add);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = GradMath.Zeros(grad.DType, _before);
        _add(grad, result, _dim, _places.Value);
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
