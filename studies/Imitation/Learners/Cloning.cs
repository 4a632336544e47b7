using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Behavior cloning: regression of the experts' moves, by squared error.</summary>
internal static class Cloning
{
    /// <summary>Trains a policy.</summary>
    /// <param name="experiment">The experts.</param>
    /// <param name="policy">The policy.</param>
    public static void Train(Experiment experiment, PolicyNetwork policy)
    {
        var hyperparameters = experiment.Hyperparameters;
        using var learner = new PolicyLearner(policy, hyperparameters.CloningRate, hyperparameters.CloningSteps);
        using var random = new Generator((ulong)experiment.NextSeed());
        foreach (var batch in WalkBatches.Read(experiment, experiment.Rows, hyperparameters.BatchSize, hyperparameters.CloningSteps, experiment.NextSeed()))
        {
            var noise = randn([.. batch.States.shape[..^1], PolicyNetwork.NoiseSize], generator: random);
            learner.Step(policy.forward(batch.States, noise).sub(batch.Moves).Square().mean());
        }
    }
}
