using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Tensors made under <c>inference_mode</c>, where a generator often runs. No graph may keep them, outside of it either.</summary>
internal static class InferenceTensors
{
    /// <summary>The tensor itself, or a copy that a graph may keep: the caller's dispose scope's.</summary>
    /// <remarks>Costs a view where gradients are on, and nothing where they are not.</remarks>
    public static Tensor ToTrainable(this Tensor tensor)
    {
        // Of other types no graph keeps any.
        if (!is_grad_enabled() || tensor.requires_grad || !is_floating_point(tensor))
            return tensor;
        using var view = tensor.detach();
        try
        {
            // TorchSharp has no is_inference. This is refused for those tensors only.
            view.requires_grad = true;
            return tensor;
        }
        catch (ExternalException)
        {
            return tensor.clone();
        }
    }
}
