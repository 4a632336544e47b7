namespace TorchSharp.Internal;

/// <summary>
/// Where the result of every operation passes on its way to the caller, with the step that its gradient would take
/// backward: <c>Graph.Result(result, Graph.Records(a) ? new SomeNode(a) : null)</c>.
/// </summary>
internal static class Graph
{
    public static bool Records(TensorImpl input) => GradMode.Enabled && input.RequiresGrad;

    public static bool Records(TensorImpl first, TensorImpl? second) =>
        GradMode.Enabled && (first.RequiresGrad || second is { RequiresGrad: true });

    public static bool Records(params ReadOnlySpan<TensorImpl?> inputs)
    {
        if (!GradMode.Enabled)
            return false;
        foreach (var input in inputs)
        {
            if (input is { RequiresGrad: true })
                return true;
        }

        return false;
    }

    public static torch.Tensor Result(TensorImpl result, Node? node)
    {
        if (node is not null && result.DType.IsFloatingPoint())
            result.GradFn = node;
        return new torch.Tensor(result);
    }

    /// <summary>Refuses the changes in place that libtorch refuses. Goes before the change.</summary>
    public static void CheckInPlace(TensorImpl target, TensorImpl? source = null)
    {
        if (target.IsInference && !GradMode.Inference)
            Fail.Native("Inplace update to inference tensor outside InferenceMode is not allowed.");
        if (!Records(target, source))
            return;

        CheckOrigin(target);
        if (target.ViewOf is { RequiresGrad: true, IsLeaf: true })
            Fail.Native("a view of a leaf Variable that requires grad is being used in an in-place operation.");
        if (target.RequiresGrad && target.IsLeaf)
            Fail.Native("a leaf Variable that requires grad is being used in an in-place operation.");
    }

    /// <summary>
    /// Notes a change in place. The step, which was made before the change and has the target as its first input,
    /// takes the place of the one that the target had; where the target is a view, that of the tensor it is a view of.
    /// </summary>
    public static void Changed(TensorImpl target, Node? node)
    {
        target.Storage.Version++;
        if (node is null)
            return;
        if (target.ViewOf is not { } whole)
        {
            target.GradFn = node;
            return;
        }

        node.Describe(target);
        whole.GradFn = new ChangedWindowNode(whole, target, node);
        _ = target.GradFn;
    }

    private static void CheckOrigin(TensorImpl target)
    {
        switch (target.Origin)
        {
            case ViewOrigin.NoGrad or ViewOrigin.InferenceMode:
                Fail.Native("A view was created in no_grad or inference mode and is being modified inplace with grad mode enabled.");
                break;
            case ViewOrigin.OneOfSeveral:
                Fail.Native("This view is the output of a function that returns multiple views. Such functions do not " +
                    "allow the output views to be modified inplace.");
                break;
        }
    }
}
