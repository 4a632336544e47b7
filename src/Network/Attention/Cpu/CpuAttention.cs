using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Computes attention under the rule in managed code, for short rows on a CPU. libtorch's fused calls take many times longer for so
/// little work, and do not skip what the rule blocks.
/// </summary>
/// <remarks>
/// It can be differentiated any number of times. The managed kernel computes first derivatives. If their graph is requested
/// (<c>create_graph</c>), libtorch's operations compute them, which takes memory of (B, H, T + T * K, T + T * K).
/// </remarks>
/// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
internal sealed class CpuAttention(int candidatesPerToken = 1) : IAttentionKernel
{
    /// <summary>The maximum number of tokens for which this kernel is the fastest, by measurement.</summary>
    public const int MaxTokens = 512;

    // A span of bytes holds at most this number of floats.
    private const long MaxValues = int.MaxValue / sizeof(float);

    public int CandidatesPerToken => candidatesPerToken;

    /// <summary>Determines whether the kernel supports an input.</summary>
    /// <param name="input">(B, T + T * K, D).</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public static bool IsSupported(Tensor input, int candidatesPerToken = 1) =>
        input.device_type == DeviceType.CPU && input.dtype == ScalarType.Float32 && input.shape[1] <= (1 + candidatesPerToken) * MaxTokens
        && 3 * input.numel() <= MaxValues;

    public Tensor AttendBoth(Tensor both) => Apply(both, null);

    public Tensor AttendCandidates(Tensor candidates, Tensor context) => Apply(candidates, context);

    // Values that need no gradient stay out of the graph.
    private Tensor Apply(Tensor candidates, Tensor? context)
    {
        if (!is_grad_enabled() || !(candidates.requires_grad || context?.requires_grad == true))
            return new MultiHeadCpuKernel(candidates, context, candidatesPerToken).Forward().flatten(2);
        // The operation keeps tensors alone, so K is the length of one.
        return Differentiable.apply(candidates, context!, empty(candidatesPerToken)).flatten(2);
    }

    /// <summary>The operation in libtorch's autograd graph.</summary>
    private sealed class Differentiable : autograd.SingleTensorFunction<Differentiable>
    {
        public override string Name => nameof(CpuAttention);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (candidates, context, count) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor)vars[2]);
            ctx.save_for_backward(context is null ? [count, candidates] : [count, candidates, context]);
            return new MultiHeadCpuKernel(candidates, context, (int)count.numel()).Forward();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var (count, candidates, context) = ((int)saved[0].numel(), saved[1], saved.Count > 2 ? saved[2] : null);
            // libtorch enables gradients within a backward pass only for create_graph. The managed kernel's result has no graph, so
            // its derivative would be taken as 0.
            var (candidateGradient, contextGradient) = is_grad_enabled()
                ? AttentionGradient.Compute(candidates, context, grad_output, count)
                : new MultiHeadCpuKernel(candidates, context, count).Backward(grad_output);
            return [candidateGradient, contextGradient!, null!];
        }
    }
}
