namespace MlNetNtd;

/// <summary>Losses of a residual model on sequences, in nats per token: exp(loss) is the perplexity.</summary>
/// <remarks>
/// <para>
/// The normalizer of a position, Z = E[exp(alpha * score)] over the generator's draws, is estimated from K draws. Each bound holds for the
/// expectation over the draws; on n tokens its value scatters with 1 / sqrt(n).
/// </para>
/// <para>
/// <see cref="ResamplingLossUpperBound"/> concerns the tokens that <see cref="ResidualModel.Sample"/> returns for this K, the other two
/// the residual distribution itself, which they approach as K grows. The two bounds of the latter are those of Deng et al., Residual
/// Energy-Based Models for Text Generation, 2020, Theorem 2.
/// </para>
/// </remarks>
/// <param name="Tokens">The number of tokens.</param>
/// <param name="GeneratorLoss">The generator's own loss, exact.</param>
/// <param name="ResamplingLossUpperBound">
/// The loss of a pick among K draws is at most this: by Jensen's inequality, for every K. The estimate counts the real token among the K.
/// </param>
/// <param name="ResidualLossLowerBound">The residual distribution's loss is at least this: by Jensen's inequality, for every K.</param>
/// <param name="ResidualLossUpperBound">
/// The residual distribution's loss is at most this if K is large enough: (2K - 1) T(K) - 2 (K - 1) T(K - 1) in place of log Z, where T(K)
/// is the estimate from K draws, and T(K - 1) the mean of those that leave out one of them. NaN for K = 1.
/// </param>
public sealed record ResidualEvaluation(
    long Tokens, double GeneratorLoss, double ResamplingLossUpperBound, double ResidualLossLowerBound, double ResidualLossUpperBound);
