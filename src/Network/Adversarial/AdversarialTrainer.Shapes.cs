using static TorchSharp.torch;

namespace MlNetNtd;

// Combined sequences of contexts and candidates, and the shapes that a step takes.
public sealed partial class AdversarialTrainer
{
    /// <summary>Replaces the candidates of combined sequences and keeps their contexts.</summary>
    /// <param name="sequences">Combined sequences, (B, 2T, C), or (B, T + T * K, C) with K the candidates' own. Their candidates are replaced.</param>
    /// <param name="candidates">(B, T, C), or (B, T, K, C) for K candidates of each token; gradients flow back to them.</param>
    /// <returns>(B, 2T, C), or (B, T + T * K, C), which belongs to the caller or to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor WithCandidates(Tensor sequences, Tensor candidates)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(candidates);
        var (shape, found) = (sequences.shape, candidates.shape);
        if (shape.Length == 3 && found.Length == 4 && (shape[1] == 2 * found[1] || shape[1] == (1 + found[2]) * found[1]))
            return Combine(sequences, found[1], candidates);
        if (found.Length == 4)
        {
            throw new ArgumentException(
                $"candidates: expected (B, T, K, C) for sequences of (B, 2T, C) or (B, T + T * K, C), found {Text(found)} for {Text(shape)}.", nameof(candidates));
        }

        return shape.Length == 3 && found.AsSpan().SequenceEqual([shape[0], shape[1] / 2, shape[2]])
            ? Combine(sequences, shape[1] / 2, candidates)
            : throw new ArgumentException(
                $"candidates: expected (B, T, C) for sequences of (B, 2T, C), found {Text(found)} for {Text(shape)}.", nameof(candidates));
    }

    private static Tensor Combine(Tensor sequences, long tokens, Tensor candidates)
    {
        using var scope = NewDisposeScope();
        var flat = candidates.dim() == 4 ? candidates.reshape(candidates.shape[0], -1, candidates.shape[3]) : candidates;
        if (flat.shape[0] != sequences.shape[0] || flat.shape[2] != sequences.shape[2])
        {
            throw new ArgumentException(
                $"candidates: expected the B and C of sequences, {Text(sequences.shape)}, found {Text(candidates.shape)}.", nameof(candidates));
        }

        return cat([sequences.narrow(1, 0, tokens), flat], 1).MoveToOuterDisposeScope();
    }

    // Returns the number of real candidates of each token: 1 or K.
    private int CheckShapes(Tensor realSequences, Tensor generatedSequences)
    {
        var (real, generated) = (realSequences.shape, generatedSequences.shape);
        if (CandidatesPerToken == 1)
        {
            return real.Length == 3 && real.AsSpan(1).SequenceEqual(generated.AsSpan(1)) ? 1 : throw new ArgumentException(
                $"generatedSequences: expected (B, 2T, C) with 2T and C as in realSequences, {Text(real)}, found {Text(generated)}.", nameof(generatedSequences));
        }

        CheckGenerated(generatedSequences);
        var tokens = generated[1] / (1 + CandidatesPerToken);
        if (real.Length == 3 && real[2] == generated[2] && (real[1] == 2 * tokens || real[1] == generated[1]))
            return real[1] == 2 * tokens ? 1 : CandidatesPerToken;
        throw new ArgumentException(
            $"realSequences: expected (B, {2 * tokens}, {generated[2]}) or (B, {generated[1]}, {generated[2]}), 1 or {CandidatesPerToken} candidates of each token as generatedSequences are {Text(generated)}, found {Text(real)}.",
            nameof(realSequences));
    }

    private void CheckGenerated(Tensor generatedSequences)
    {
        var (shape, perToken) = (generatedSequences.shape, 1 + CandidatesPerToken);
        if (shape.Length != 3 || shape[1] == 0 || shape[1] % perToken != 0)
        {
            throw new ArgumentException(
                $"generatedSequences: expected (B, {perToken} * T, C) with {CandidatesPerToken} candidates of each token ({nameof(AdversarialOptions)}.{nameof(AdversarialOptions.CandidatesPerToken)}), found {Text(shape)}.",
                nameof(generatedSequences));
        }
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}
