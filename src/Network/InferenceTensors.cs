using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Handles tensors created in <c>inference_mode</c>, as generators often create them. No autograd graph may keep such a tensor,
/// even outside that mode.
/// </summary>
internal static class InferenceTensors
{
    /// <summary>Returns the tensor itself, or a copy that a graph may keep, which belongs to the caller's dispose scope.</summary>
    /// <remarks>Costs one view if gradients are on, and nothing otherwise.</remarks>
    public static Tensor ToTrainable(this Tensor tensor)
    {
        // A graph never keeps tensors of other types.
        if (!is_grad_enabled() || tensor.requires_grad || !is_floating_point(tensor))
            return tensor;
        using var view = tensor.detach();
        try
        {
            // TorchSharp has no is_inference. libtorch refuses this assignment for inference tensors only.
            view.requires_grad = true;
            return tensor;
        }
        catch (ExternalException)
        {
            return tensor.clone();
        }
    }
}
