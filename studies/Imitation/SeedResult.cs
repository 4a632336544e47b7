namespace MlNetNtd.Studies.Imitation;

/// <summary>The result of one seed.</summary>
/// <param name="Experts">The experts, evaluated as the learners are.</param>
/// <param name="Cloning">Regression.</param>
/// <param name="Adversarial">Against an adversary, under teacher forcing.</param>
/// <param name="OnPolicy">The same policy, trained further on its own walks.</param>
internal sealed record SeedResult(Trial Experts, Trial Cloning, Trial Adversarial, Trial OnPolicy);
