using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The two things a generator learns from.</summary>
internal static class GeneratorLoss
{
    /// <summary>Teacher forcing: the mean negative logarithm of the share that it gives the text's own words, in nats.</summary>
    /// <param name="logits">What the generator says, (B, T, V).</param>
    /// <param name="words">The words of the text, (B, T), Int64.</param>
    public static Tensor TeacherForcing(Tensor logits, Tensor words)
    {
        using var scope = NewDisposeScope();
        return logits.log_softmax(-1).gather(-1, words.unsqueeze(-1)).mean().neg().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The discriminator's opinion of words that the generator drew: small where those that it takes for true are likely.
    /// </summary>
    /// <remarks>
    /// A draw has no gradient, so the gradient is that of its expected score: the logarithm of a word's share, weighted by its
    /// score less the mean of the token's other draws (REINFORCE, leave-one-out). The score is the logit: near log(true share
    /// / generated share), so that its expectation is what the generator's words are off by.
    /// </remarks>
    /// <param name="logits">What the generator says, (B, T, V).</param>
    /// <param name="words">The words drawn, (B, T, K), Int64, K at least 2.</param>
    /// <param name="scores">The discriminator's logits of them, (B, T, K); taken as given.</param>
    /// <returns>A scalar whose gradient counts; its value says nothing.</returns>
    public static Tensor Adversarial(Tensor logits, Tensor words, Tensor scores)
    {
        using var scope = NewDisposeScope();
        var draws = scores.shape[^1];
        var advantage = scores.detach().sub(scores.detach().mean([-1], keepdim: true)).Mul(draws / (draws - 1.0));
        return logits.log_softmax(-1).gather(-1, words).mul(advantage).mean().neg().MoveToOuterDisposeScope();
    }
}
