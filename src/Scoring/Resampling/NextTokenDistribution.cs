namespace MlNetNtd;

/// <summary>Computes a generator's distribution of the next token.</summary>
/// <param name="context">The ids of the tokens before it; empty at position 0.</param>
/// <param name="logits">
/// Receives a logit or a log-probability for each token of the vocabulary: they are normalized by their softmax. Negative infinity: the
/// generator never draws the token. At least one must be finite.
/// </param>
public delegate void NextTokenDistribution(ReadOnlySpan<int> context, Span<float> logits);
