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

    /// <summary>The discriminator's opinion: the mean of softplus(-score), small where it takes candidates for true.</summary>
    /// <param name="scores">The discriminator's logits of candidates, (B, T).</param>
    public static Tensor Adversarial(Tensor scores)
    {
        using var scope = NewDisposeScope();
        // softplus(-x) is the binary cross-entropy of the logit x with the label "true".
        return DiscriminatorLoss.BinaryCrossEntropy(scores, ones_like(scores)).MoveToOuterDisposeScope();
    }
}
