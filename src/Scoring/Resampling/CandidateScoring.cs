namespace MlNetNtd;

/// <summary>Computes a discriminator's scores of candidates for the next token.</summary>
/// <param name="context">The ids of the tokens before it; empty at position 0.</param>
/// <param name="candidates">The ids of the candidates, each once.</param>
/// <param name="scores">Receives their scores: logits, higher if the token is likelier to be real. All must be finite.</param>
public delegate void CandidateScoring(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> scores);
