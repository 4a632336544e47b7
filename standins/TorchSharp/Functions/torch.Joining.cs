using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Puts tensors one after the other along a dimension. A single tensor comes back as it is.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        if (tensors.Count == 0)
            throw new ArgumentException("There is nothing to join.", nameof(tensors));
        if (tensors.Count == 1)
            return tensors[0];

        var parts = tensors.Select(tensor => tensor.Impl).ToArray();
        var result = Join.Cat(parts, dim);
        return Graph.Result(
            result, Graph.Records(parts) ? new JoinNode(parts, Shapes.Dim(dim, result.Rank), stacked: false) : null);
    }

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var parts = tensors.Select(tensor => tensor.Impl).ToArray();
        if (parts.Length == 0)
            Fail.Native("stack expects a non-empty TensorList");

        var d = Shapes.Dim(dim, parts[0].Rank + 1);
        foreach (var part in parts)
        {
            if (!part.Sizes.AsSpan().SequenceEqual(parts[0].Sizes))
            {
                Fail.Native($"stack expects each tensor to be equal size, but got {Fail.Show(parts[0].Sizes)} " +
                    $"and {Fail.Show(part.Sizes)}");
            }
        }

        var widened = Array.ConvertAll(parts, part => part.View(
            [.. part.Sizes[..d], 1, .. part.Sizes[d..]], [.. part.Strides[..d], 0, .. part.Strides[d..]], part.Offset));
        return Graph.Result(Join.Cat(widened, d), Graph.Records(parts) ? new JoinNode(parts, d, stacked: true) : null);
    }
}
