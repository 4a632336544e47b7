using static TorchSharp.torch;

namespace MlNetNtd;

public sealed partial class AdversarialTrainer
{
    /// <summary>Replaces the candidates of a batch and keeps its contexts.</summary>
    /// <param name="batch">A batch of the transform. The second half of its sequences is replaced.</param>
    /// <param name="candidates">(B, P, C); gradients flow back to them.</param>
    /// <returns>(B, 2P, C), which belongs to the caller or to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor WithCandidates(SequenceBatch batch, Tensor candidates)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckCandidates(batch, nameof(batch));
        return WithCandidates(batch.Sequences, candidates);
    }

    /// <summary>Trains the discriminator for one step, with real rows from a batch of the transform.</summary>
    /// <param name="realBatch">The real sequences, and which of their tokens are real rather than padding.</param>
    /// <param name="generatedSequences">
    /// Combined sequences with the generator's candidates, (B', 2P, C); no gradients flow back to them.
    /// </param>
    /// <param name="generatedTokens">
    /// (B', P): 1 for a real token, 0 for padding; null: the tokens of the real rows if there are as many of both, otherwise no
    /// padding.
    /// </param>
    /// <returns>The loss, as <see cref="StepDiscriminator(Tensor, Tensor, Tensor?, Tensor?)"/> returns it.</returns>
    /// <exception cref="ArgumentException">
    /// The shapes do not match, tokens are not 1 and 0, or the batch's mask is not the next-token rule's.
    /// </exception>
    public double StepDiscriminator(SequenceBatch realBatch, Tensor generatedSequences, Tensor? generatedTokens = null)
    {
        CheckRule(realBatch, nameof(realBatch));
        return StepDiscriminator(realBatch.Sequences, generatedSequences, realBatch.RealTokens, generatedTokens);
    }

    /// <summary>Computes the generator's loss on candidates for the contexts of a batch.</summary>
    /// <param name="batch">The batch, which tells the real tokens from padding.</param>
    /// <param name="sequences">Combined sequences with the generator's candidates, (B, 2P, C); gradients flow back to them.</param>
    /// <returns>The loss, as <see cref="GeneratorLoss(Tensor, Tensor?)"/> returns it.</returns>
    /// <exception cref="ArgumentException">The shapes do not match, or the batch's mask is not the next-token rule's.</exception>
    public Tensor GeneratorLoss(SequenceBatch batch, Tensor sequences)
    {
        CheckRule(batch, nameof(batch));
        return GeneratorLoss(sequences, batch.RealTokens);
    }

    // The trainer applies the next-token rule, so it would ignore a mask that was changed.
    private static void CheckRule(SequenceBatch batch, string name)
    {
        ArgumentNullException.ThrowIfNull(batch, name);
        CheckCandidates(batch, name);
        if (!batch.FollowsRule)
            throw new ArgumentException($"{name}: expected the mask as the transform made it, which follows the next-token rule, as the trainer applies that rule; found one that was changed.", name);
    }

    private static void CheckCandidates(SequenceBatch batch, string name)
    {
        if (batch.CandidatesPerToken > 1)
            throw new ArgumentException($"{name}: expected one candidate of each token (CandidatesPerToken = 1), found {batch.CandidatesPerToken}.", name);
    }
}
