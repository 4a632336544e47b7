using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Behavior cloning by likelihood: the experts' moves become likely, however many ways they go.</summary>
internal static class Likelihood
{
    /// <summary>Trains a policy on the batches of regression.</summary>
    /// <typeparam name="TPolicy">Its type.</typeparam>
    /// <param name="experiment">The experts.</param>
    /// <param name="policy">The policy.</param>
    public static void Train<TPolicy>(Experiment experiment, TPolicy policy)
        where TPolicy : nn.Module, IDensityPolicy
    {
        var hyperparameters = experiment.Hyperparameters;
        using var learner = new PolicyLearner(policy, hyperparameters.CloningRate, hyperparameters.LikelihoodSteps);
        foreach (var batch in WalkBatches.Read(experiment, experiment.Rows, hyperparameters.BatchSize, hyperparameters.LikelihoodSteps, experiment.NextSeed()))
            learner.Step(policy.LogLikelihood(batch.States, batch.Moves).mean().neg());
    }
}
