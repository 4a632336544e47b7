using static TorchSharp.torch;

namespace MlNetNtd;

public sealed partial class AdversarialTrainer
{
    /// <summary>The contexts of a batch with other candidates.</summary>
    /// <param name="batch">As the stage hands it out: the second half of its sequences is replaced.</param>
    /// <param name="candidates">(B, P, C); gradients flow back to them.</param>
    /// <returns>(B, 2P, C), the caller's or the caller's dispose scope's.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public static Tensor WithCandidates(SequenceBatch batch, Tensor candidates)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return WithCandidates(batch.Sequences, candidates);
    }

    /// <summary>The discriminator's turn, the true rows as the stage hands them out.</summary>
    /// <param name="trueBatch">The true sequences, and which of their tokens are real.</param>
    /// <param name="generatedSequences">Combined sequences with the generator's candidates, (B', 2P, C); no gradient flows back to them.</param>
    /// <param name="generatedTokens">(B', P); null: as the true rows where there are as many of both, else nothing is padded.</param>
    /// <returns>As <see cref="StepDiscriminator(Tensor, Tensor, Tensor?, Tensor?)"/> on the batch's tensors.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together, tokens are not 1 and 0, or the batch has another mask than the next-token rule's.</exception>
    public double StepDiscriminator(SequenceBatch trueBatch, Tensor generatedSequences, Tensor? generatedTokens = null)
    {
        CheckRule(trueBatch, nameof(trueBatch));
        return StepDiscriminator(trueBatch.Sequences, generatedSequences, trueBatch.RealTokens, generatedTokens);
    }

    /// <summary>The generator's turn on candidates for the contexts of a batch.</summary>
    /// <param name="batch">Which tokens are real.</param>
    /// <param name="sequences">Combined sequences with the generator's candidates, (B, 2P, C); gradients flow back to them.</param>
    /// <returns>As <see cref="GeneratorLoss(Tensor, Tensor?)"/> on the batch's tokens.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together, or the batch has another mask than the next-token rule's.</exception>
    public Tensor GeneratorLoss(SequenceBatch batch, Tensor sequences)
    {
        CheckRule(batch, nameof(batch));
        return GeneratorLoss(sequences, batch.RealTokens);
    }

    // A mask that somebody changed would be passed over.
    private static void CheckRule(SequenceBatch batch, string name)
    {
        ArgumentNullException.ThrowIfNull(batch, name);
        if (!batch.FollowsRule)
            throw new ArgumentException($"{name}: expected the mask as the stage made it, which follows the next-token rule, as the round goes by that rule; found one that was changed.", name);
    }
}
