namespace TorchSharp.Internal;

/// <summary>
/// Where the result of every operation passes on its way to the caller. Here it is decided whether the result
/// belongs to a graph of gradients; the backward steps themselves are not part of the stand-in yet, and would
/// be recorded here.
/// </summary>
internal static class Graph
{
    public static torch.Tensor Result(TensorImpl result, TensorImpl input)
    {
        Mark(result, input.RequiresGrad);
        return new torch.Tensor(result);
    }

    public static torch.Tensor Result(TensorImpl result, TensorImpl first, TensorImpl second)
    {
        Mark(result, first.RequiresGrad || second.RequiresGrad);
        return new torch.Tensor(result);
    }

    public static torch.Tensor Result(TensorImpl result, params ReadOnlySpan<TensorImpl> inputs)
    {
        var needed = false;
        foreach (var input in inputs)
            needed |= input.RequiresGrad;
        Mark(result, needed);
        return new torch.Tensor(result);
    }

    /// <summary>Refuses the changes in place that libtorch refuses.</summary>
    public static void CheckInPlace(TensorImpl target)
    {
        if (target.IsInference && !GradMode.Inference)
            Fail.Native("Inplace update to inference tensor outside InferenceMode is not allowed.");
        if (!GradMode.Enabled)
            return;
        if (target.ViewOf is { RequiresGrad: true, IsLeaf: true })
            Fail.Native("a view of a leaf Variable that requires grad is being used in an in-place operation.");
        if (target.RequiresGrad && target.IsLeaf)
            Fail.Native("a leaf Variable that requires grad is being used in an in-place operation.");
    }

    /// <summary>A tensor that was changed in place by one that needs gradients needs them too.</summary>
    public static void Changed(TensorImpl target, TensorImpl source) => Mark(target, source.RequiresGrad || target.RequiresGrad);

    private static void Mark(TensorImpl result, bool needed)
    {
        if (!needed || !GradMode.Enabled || !result.DType.IsFloatingPoint())
            return;
        result.RequiresGrad = true;
        result.IsLeaf = false;
    }
}
