namespace MlNetNtd;

/// <summary>What a training step tells each of its passes.</summary>
/// <param name="Loss">What the loss compares: tokens, rows, or the candidates of each token.</param>
/// <param name="CandidatesPerToken">K, the number of candidates of each token.</param>
/// <param name="Divisor">The divisor of the sum of all losses.</param>
/// <param name="Pass">The number of the training pass, which decides what dropout drops.</param>
/// <param name="FirstRow">The index of the step's first row among the rows of all processes.</param>
internal readonly record struct StepSettings(LossKind Loss, int CandidatesPerToken, double Divisor, long Pass, long FirstRow);
