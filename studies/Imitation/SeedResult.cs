namespace MlNetNtd.Examples.Imitation;

/// <summary>What came of one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Experts">Experts, judged as learners are.</param>
/// <param name="Cloning">Regression.</param>
/// <param name="Adversarial">Against an adversary, under teacher forcing.</param>
/// <param name="OnPolicy">The same policy, trained further on its own walks.</param>
/// <param name="Model">The zip of the last adversary: stage and scorer.</param>
internal sealed record SeedResult(int Seed, Trial Experts, Trial Cloning, Trial Adversarial, Trial OnPolicy, byte[] Model);
