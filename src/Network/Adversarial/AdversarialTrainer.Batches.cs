using static TorchSharp.torch;

namespace MlNetNtd;

public sealed partial class AdversarialTrainer
{
    /// <summary>Replaces the candidates of a batch and keeps its contexts.</summary>
    /// <param name="batch">A batch of the transform. The candidates of its sequences are replaced, whatever their number.</param>
    /// <param name="candidates">(B, P, C), or (B, P, K, C) for K candidates of each token; gradients flow back to them.</param>
    /// <returns>(B, 2P, C), or (B, P + P * K, C), which belongs to the caller or to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor WithCandidates(SequenceBatch batch, Tensor candidates)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(candidates);
        var (shape, found) = (batch.Sequences.shape, candidates.shape);
        var tokens = shape[1] / (1 + batch.CandidatesPerToken);
        if (found.Length is not (3 or 4) || found[0] != shape[0] || found[1] != tokens || found[^1] != shape[2])
        {
            throw new ArgumentException(
                $"candidates: expected ({shape[0]}, {tokens}, {shape[2]}) or ({shape[0]}, {tokens}, K, {shape[2]}), as the batch has {shape[0]} rows of {tokens} tokens, found {Text(found)}.",
                nameof(candidates));
        }

        return Combine(batch.Sequences, tokens, candidates);
    }

    /// <summary>Trains the discriminator for one step, with real rows from a batch of the transform.</summary>
    /// <param name="realBatch">
    /// The real sequences, and which of their tokens are real rather than padding. They have one candidate of each token, or K; all of them
    /// count as real.
    /// </param>
    /// <param name="generatedSequences">
    /// Combined sequences with the generator's candidates, (B', 2P, C), or (B', P + P * K, C) with K candidates of each token
    /// (<see cref="AdversarialOptions.CandidatesPerToken"/>); no gradients flow back to them.
    /// </param>
    /// <param name="generatedTokens">
    /// (B', P): 1 for a real token, 0 for padding; null: the tokens of the real rows if there are as many of both, otherwise no
    /// padding.
    /// </param>
    /// <returns>The loss, as <see cref="StepDiscriminator(Tensor, Tensor, Tensor?, Tensor?)"/> returns it.</returns>
    /// <exception cref="ArgumentException">
    /// The shapes do not match, the batch has other candidates of each token than 1 or K, tokens are not 1 and 0, or the batch's mask is not
    /// the next-token rule's.
    /// </exception>
    public double StepDiscriminator(SequenceBatch realBatch, Tensor generatedSequences, Tensor? generatedTokens = null)
    {
        CheckRule(realBatch, nameof(realBatch));
        ArgumentNullException.ThrowIfNull(generatedSequences);
        CheckGenerated(realBatch, generatedSequences, nameof(generatedSequences));
        return StepDiscriminator(realBatch.Sequences, realBatch.CandidatesPerToken, generatedSequences, realBatch.RealTokens, generatedTokens);
    }

    /// <summary>Computes the generator's loss on candidates for the contexts of a batch.</summary>
    /// <param name="batch">The batch, which tells the real tokens from padding. It has one candidate of each token, or K.</param>
    /// <param name="sequences">
    /// Combined sequences with the generator's candidates, (B, 2P, C), or (B, P + P * K, C) with K candidates of each token; gradients flow
    /// back to them.
    /// </param>
    /// <returns>The loss, as <see cref="GeneratorLoss(Tensor, Tensor?)"/> returns it.</returns>
    /// <exception cref="ArgumentException">The shapes do not match, or the batch's mask is not the next-token rule's.</exception>
    public Tensor GeneratorLoss(SequenceBatch batch, Tensor sequences)
    {
        CheckRule(batch, nameof(batch));
        ArgumentNullException.ThrowIfNull(sequences);
        CheckGenerated(batch, sequences, nameof(sequences));
        return GeneratorLoss(sequences, batch.RealTokens);
    }

    // The trainer applies the next-token rule, so it would ignore a mask that was changed.
    private void CheckRule(SequenceBatch batch, string name)
    {
        ArgumentNullException.ThrowIfNull(batch, name);
        if (batch.CandidatesPerToken != 1 && batch.CandidatesPerToken != CandidatesPerToken)
        {
            throw new ArgumentException(
                $"{name}: expected {(CandidatesPerToken == 1 ? "one candidate" : $"1 or {CandidatesPerToken} candidates")} of each token ({nameof(AdversarialOptions)}.{nameof(AdversarialOptions.CandidatesPerToken)}), found {batch.CandidatesPerToken}.",
                name);
        }

        if (!batch.FollowsRule)
            throw new ArgumentException($"{name}: expected the mask as the transform made it, which follows the next-token rule, as the trainer applies that rule; found one that was changed.", name);
    }

    // The generator's sequences have the tokens of the batch, with K candidates each.
    private void CheckGenerated(SequenceBatch batch, Tensor sequences, string name)
    {
        var (shape, found) = (batch.Sequences.shape, sequences.shape);
        var positions = shape[1] / (1 + batch.CandidatesPerToken) * (1 + CandidatesPerToken);
        if (found.Length != 3 || found[1] != positions || found[2] != shape[2])
        {
            throw new ArgumentException(
                $"{name}: expected (B, {positions}, {shape[2]}), as the batch has {shape[1] / (1 + batch.CandidatesPerToken)} tokens and the generator {CandidatesPerToken} candidate{(CandidatesPerToken == 1 ? "" : "s")} of each ({nameof(AdversarialOptions)}.{nameof(AdversarialOptions.CandidatesPerToken)}), found {Text(found)}.",
                name);
        }
    }
}
