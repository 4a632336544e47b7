using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The generator's losses.</summary>
internal static class GeneratorLoss
{
    /// <summary>Teacher forcing: the mean negative log probability of the text's own words, in nats.</summary>
    /// <param name="logits">The generator's logits, (B, T, V).</param>
    /// <param name="words">The words of the text, (B, T), Int64.</param>
    public static Tensor TeacherForcing(Tensor logits, Tensor words)
    {
        using var scope = NewDisposeScope();
        return logits.log_softmax(-1).gather(-1, words.unsqueeze(-1)).mean().neg().MoveToOuterDisposeScope();
    }

    /// <summary>The adversarial loss of words that the generator drew: it makes words that score high more likely.</summary>
    /// <param name="update">How it follows the scores.</param>
    /// <param name="logits">The generator's logits, (B, T, V).</param>
    /// <param name="words">The words drawn, (B, T, K), Int64, K at least 2.</param>
    /// <param name="scores">The discriminator's logits of them, (B, T, K); without gradients.</param>
    /// <returns>A scalar for its gradient; its value has no meaning.</returns>
    public static Tensor Adversarial(GeneratorUpdate update, Tensor logits, Tensor words, Tensor scores) =>
        update == GeneratorUpdate.ForwardKl ? ForwardKl(logits, words, scores) : Reinforce(logits, words, scores);

    /// <summary>The negative expected score.</summary>
    /// <remarks>
    /// A draw has no gradient, so the gradient is that of its expected score: a word's log probability, weighted by its
    /// score minus the mean of the token's other draws (REINFORCE, leave-one-out). The score is the logit: near log(real / generated
    /// probability), so that its expectation is a divergence.
    /// </remarks>
    /// <param name="logits">The generator's logits, (B, T, V).</param>
    /// <param name="words">The words drawn, (B, T, K), Int64, K at least 2.</param>
    /// <param name="scores">The discriminator's logits of them, (B, T, K); without gradients.</param>
    /// <returns>A scalar for its gradient; its value has no meaning.</returns>
    public static Tensor Reinforce(Tensor logits, Tensor words, Tensor scores)
    {
        using var scope = NewDisposeScope();
        var draws = scores.shape[^1];
        var advantage = scores.detach().sub(scores.detach().mean([-1], keepdim: true)).Mul(draws / (draws - 1.0));
        return logits.log_softmax(-1).gather(-1, words).mul(advantage).mean().neg().MoveToOuterDisposeScope();
    }

    /// <summary>The divergence KL(q | p) from the target q, which is p exp(D), normalized.</summary>
    /// <remarks>
    /// Where D is log(real / generated probability), q is the text. The expectation over q is estimated by self-normalized importance weights:
    /// a softmax of the scores of K draws from p. 1 / K less leaves the expected gradient as it is, and takes most of its noise. For scores
    /// near 0 the step is that of REINFORCE.
    /// </remarks>
    /// <param name="logits">The generator's logits, (B, T, V).</param>
    /// <param name="words">The words drawn, (B, T, K), Int64, K at least 2.</param>
    /// <param name="scores">The discriminator's logits of them, (B, T, K); without gradients.</param>
    /// <returns>A scalar for its gradient; its value has no meaning.</returns>
    public static Tensor ForwardKl(Tensor logits, Tensor words, Tensor scores)
    {
        using var scope = NewDisposeScope();
        var weights = scores.detach().softmax(-1).AddScalar(-1.0 / scores.shape[^1]);
        return logits.log_softmax(-1).gather(-1, words).mul(weights).sum(-1).mean().neg().MoveToOuterDisposeScope();
    }
}
