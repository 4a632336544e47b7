using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>One side's rows in a step of the discriminator.</summary>
/// <param name="Sequences">Combined sequences, (B, T + T * K, C), without gradients.</param>
/// <param name="Tokens">(B, T): 1 for a real token, 0 for padding; null if nothing is padded.</param>
/// <param name="CandidatesPerToken">K, the number of candidates of each token.</param>
internal sealed record CandidateRows(Tensor Sequences, Tensor? Tokens, int CandidatesPerToken)
{
    /// <summary>Gets B.</summary>
    public long Rows => Sequences.shape[0];

    /// <summary>Gets the number of all candidates, B * T * K.</summary>
    public long Count => Rows * TokenCount * CandidatesPerToken;

    /// <summary>Gets the candidates, (B, T * K, C).</summary>
    public Tensor Candidates => Sequences.narrow(1, TokenCount, TokenCount * CandidatesPerToken);

    /// <summary>Gets the tokens in the type of the sequences, (B, T); ones if nothing is padded.</summary>
    public Tensor TokensOrOnes =>
        Tokens?.to(Sequences.dtype) ?? ones([Rows, TokenCount], dtype: Sequences.dtype, device: Sequences.device);

    /// <summary>Gets the weight of each candidate, (B * T * K, 1): those of a token sum to 1, or to 0 for padding.</summary>
    public Tensor Weights => TokensOrOnes.repeat_interleave(CandidatesPerToken, 1).Mul(1.0 / CandidatesPerToken).reshape(-1, 1);

    private long TokenCount => Sequences.shape[1] / (1 + CandidatesPerToken);
}
