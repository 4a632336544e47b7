using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>
/// Adversarial imitation under teacher forcing: the candidates are the policy's moves in the experts' states, and the
/// adversary's gradients reach them.
/// </summary>
internal static class Adversarial
{
    /// <summary>Trains a policy against a new adversary.</summary>
    /// <param name="experiment">The experts.</param>
    /// <param name="policy">Ends with the moving average of its weights.</param>
    /// <returns>The adversary, the caller's to dispose.</returns>
    public static DiscriminatorNetwork Train(Experiment experiment, PolicyNetwork policy)
    {
        var hyperparameters = experiment.Hyperparameters;
        var adversary = experiment.CreateAdversary(ObstacleWorld.Steps);
        // No momentum on either side: with it the two circle each other for a thousand steps.
        using var adversaryLearner = new DiscriminatorLearner(
            adversary, new DiscriminatorLearnerOptions { LearningRate = hyperparameters.AdversaryRate, Beta1 = 0 });
        using var learner = new PolicyLearner(policy, hyperparameters.AdversarialRate, hyperparameters.AdversarialSteps, momentum: 0);
        using var average = new ExponentialMovingAverage(policy, hyperparameters.AverageDecay);
        using var random = new Generator((ulong)experiment.NextSeed());
        using var early = Round(hyperparameters.GradientPenalty);
        using var late = Round(hyperparameters.FinalGradientPenalty);
        foreach (var batch in WalkBatches.Read(experiment, experiment.Rows, hyperparameters.BatchSize, hyperparameters.AdversarialSteps, experiment.NextSeed()))
        {
            var round = adversaryLearner.Steps < hyperparameters.AdversarialSteps / 2 ? early : late;
            var noise = randn([.. batch.States.shape[..^1], PolicyNetwork.NoiseSize], generator: random);
            var candidates = batch.WithMoves(policy.forward(batch.States, noise));
            round.StepDiscriminator(batch.Sequences, candidates);
            learner.Step(round.GeneratorLoss(candidates));
            average.Update();
        }

        average.CopyTo(policy);
        return adversary;

        AdversarialTrainer Round(double penalty) =>
            new(adversary, adversaryLearner, new AdversarialOptions { GradientPenalty = penalty }, experiment.NextSeed());
    }
}
