using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Computes attention under the rule in managed code, for short rows on a CPU. libtorch's fused calls take many times longer for so
/// little work, and do not skip what the rule blocks.
/// </summary>
/// <remarks>
/// It can be differentiated any number of times. The managed kernel computes first derivatives. If their graph is requested
/// (<c>create_graph</c>), libtorch's operations compute them, which takes memory of (B, H, 2T, 2T).
/// </remarks>
internal sealed class CpuAttention : IAttentionKernel
{
    /// <summary>The maximum number of tokens for which this kernel is the fastest, by measurement.</summary>
    public const int MaxTokens = 512;

    // A span of bytes holds at most this number of floats.
    private const long MaxValues = int.MaxValue / sizeof(float);

    /// <summary>Determines whether the kernel supports an input.</summary>
    /// <param name="input">(B, 2T, D).</param>
    public static bool IsSupported(Tensor input) =>
        input.device_type == DeviceType.CPU && input.dtype == ScalarType.Float32 && input.shape[1] <= 2 * MaxTokens
        && 3 * input.numel() <= MaxValues;

    public Tensor AttendBoth(Tensor both) => Apply(both, null);

    public Tensor AttendCandidates(Tensor candidates, Tensor context) => Apply(candidates, context);

    // Values that need no gradient stay out of the graph.
    private static Tensor Apply(Tensor candidates, Tensor? context) =>
        (is_grad_enabled() && (candidates.requires_grad || context?.requires_grad == true)
            ? Differentiable.apply(candidates, context!)
            : new MultiHeadCpuKernel(candidates, context).Forward()).flatten(2);

    /// <summary>The operation in libtorch's autograd graph.</summary>
    private sealed class Differentiable : autograd.SingleTensorFunction<Differentiable>
    {
        public override string Name => nameof(CpuAttention);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (candidates, context) = ((Tensor)vars[0], (Tensor?)vars[1]);
            ctx.save_for_backward(context is null ? [candidates] : [candidates, context]);
            return new MultiHeadCpuKernel(candidates, context).Forward();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var context = saved.Count > 1 ? saved[1] : null;
            // libtorch enables gradients within a backward pass only for create_graph. The managed kernel's result has no graph, so
            // its derivative would be taken as 0.
            var (candidateGradient, contextGradient) = is_grad_enabled()
                ? AttentionGradient.Compute(saved[0], context, grad_output)
                : new MultiHeadCpuKernel(saved[0], context).Backward(grad_output);
            return [candidateGradient, contextGradient!];
        }
    }
}
