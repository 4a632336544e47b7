using static TorchSharp.torch;

namespace MlNetNtd.Examples.Imitation;

/// <summary>Behaviour cloning: regression of the experts' moves, by squared error.</summary>
internal static class Cloning
{
    /// <summary>Trains a policy.</summary>
    /// <param name="shop">The experts.</param>
    /// <param name="policy">Stays the caller's.</param>
    /// <param name="onStep">Told of each step.</param>
    public static void Train(Workshop shop, PolicyNetwork policy, Action onStep)
    {
        var recipe = shop.Recipe;
        using var learner = new PolicyLearner(policy, recipe.CloningRate, recipe.CloningSteps);
        using var random = new Generator((ulong)shop.NextSeed());
        foreach (var batch in WalkBatches.Read(shop, shop.Rows, recipe.BatchSize, recipe.CloningSteps, shop.NextSeed()))
        {
            var noise = randn([.. batch.States.shape[..^1], PolicyNetwork.NoiseSize], generator: random);
            learner.Step(policy.forward(batch.States, noise).sub(batch.Moves).Square().mean());
            onStep();
        }
    }
}
