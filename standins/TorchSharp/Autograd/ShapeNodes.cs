namespace TorchSharp.Internal;

/// <summary>Another shape of the same elements in the same order.</summary>
internal sealed class ReshapeNode(TensorImpl input) : Node(input)
{
    private readonly long[] _before = input.Sizes;

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) => inputs[0] = GradMath.Reshape(grad, _before);
}

/// <summary>Dimensions in another order.</summary>
internal sealed class PermuteNode(TensorImpl input, int[] order) : Node(input)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var (sizes, strides) = (new long[order.Length], new long[order.Length]);
        for (var d = 0; d < order.Length; d++)
            (sizes[order[d]], strides[order[d]]) = (grad.Sizes[d], grad.Strides[d]);
        inputs[0] = grad.View(sizes, strides, grad.Offset);
    }
}

/// <summary>Copies side by side: seen with two dimensions for each, the first of which repeats.</summary>
internal sealed class RepeatNode(TensorImpl input, long[] shape) : Node(input)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var once = (long[])shape.Clone();
        for (var d = 0; d < once.Length; d += 2)
            once[d] = 1;
        long[] merged = [.. Enumerable.Range(0, once.Length / 2).Select(d => once[(2 * d) + 1])];
        inputs[0] = GradMath.Reshape(GradMath.SumTo(GradMath.Reshape(grad, shape), once), merged);
    }
}

/// <summary>Tensors one after the other along a dimension.</summary>
internal sealed class JoinNode(TensorImpl[] parts, int dim, bool stacked) : Node(parts)
{
    // An empty vector is no part, whatever the others look like: its length is none.
    private readonly long?[] _lengths = Array.ConvertAll(
        parts, part => stacked ? 1L : part is { Rank: 1, Numel: 0 } ? (long?)null : part.Sizes[dim]);

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var at = 0L;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (_lengths[i] is not { } length)
            {
                inputs[i] = GradMath.Zeros(grad.DType, [0]);
                continue;
            }

            var sizes = (long[])grad.Sizes.Clone();
            sizes[dim] = length;
            var part = grad.View(sizes, grad.Strides, grad.Offset + (at * grad.Strides[dim]));
            at += length;
            if (Needs(i))
                inputs[i] = stacked ? WithoutDimension(part) : part;
        }
    }

    private TensorImpl WithoutDimension(TensorImpl part) => part.View(
        [.. part.Sizes[..dim], .. part.Sizes[(dim + 1)..]], [.. part.Strides[..dim], .. part.Strides[(dim + 1)..]], part.Offset);
}
