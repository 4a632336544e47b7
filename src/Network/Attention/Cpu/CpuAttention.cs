using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Attention under the rule for short rows on a CPU, in managed code: libtorch's fused calls take many times longer for so
/// little work, and do not skip what the rule blocks.
/// </summary>
/// <remarks>
/// It can be differentiated any number of times. First derivatives come from the managed kernel; where a graph of them is
/// asked for (<c>create_graph</c>), they are written in libtorch's operations, which costs memory of (B, H, 2T, 2T).
/// </remarks>
internal sealed class CpuAttention : IAttentionKernel
{
    /// <summary>The most tokens for which it is the fastest: by measurement.</summary>
    public const int MaxTokens = 512;

    // What a span holds, in bytes.
    private const long MostValues = int.MaxValue / sizeof(float);

    /// <summary>Whether it serves.</summary>
    /// <param name="input">(B, 2T, D).</param>
    public static bool IsSupported(Tensor input) =>
        input.device_type == DeviceType.CPU && input.dtype == ScalarType.Float32 && input.shape[1] <= 2 * MaxTokens
        && 3 * input.numel() <= MostValues;

    public Tensor AttendBoth(Tensor both) => Apply(both, null);

    public Tensor AttendCandidates(Tensor candidates, Tensor context) => Apply(candidates, context);

    // What is attended to by values alone needs no place in the graph.
    private static Tensor Apply(Tensor candidates, Tensor? context) =>
        (is_grad_enabled() && (candidates.requires_grad || context?.requires_grad == true)
            ? Differentiable.apply(candidates, context!)
            : new MultiHeadCpuKernel(candidates, context).Forward()).flatten(2);

    /// <summary>The operation in libtorch's graph.</summary>
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
            var seen = saved.Count > 1 ? saved[1] : null;
            // libtorch enables gradients within a backward pass only for create_graph. What the kernel gives has no graph: its
            // derivative would be taken for 0.
            var (candidates, context) = is_grad_enabled()
                ? AttentionGradient.Compute(saved[0], seen, grad_output)
                : new MultiHeadCpuKernel(saved[0], seen).Backward(grad_output);
            return [candidates, context!];
        }
    }
}
