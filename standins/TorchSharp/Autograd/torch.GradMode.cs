using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>No gradients are recorded until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode.GradGuard(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode.GradGuard(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode.GradGuard(mode);

    public static bool is_grad_enabled() => GradMode.Enabled;

    /// <summary>As <see cref="no_grad"/>, and tensors made meanwhile can never take part in a graph.</summary>
    public static IDisposable inference_mode(bool mode = true) => new GradMode.InferenceGuard(mode);

    public static bool is_inference_mode_enabled() => GradMode.Inference;
}
