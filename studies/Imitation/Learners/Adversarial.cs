using static TorchSharp.torch;

namespace MlNetNtd.Examples.Imitation;

/// <summary>
/// Adversarial imitation under teacher forcing: what the policy would do in the experts' states are the candidates, and the
/// adversary's gradients reach them.
/// </summary>
internal static class Adversarial
{
    /// <summary>Trains a policy against a new adversary.</summary>
    /// <param name="shop">The experts.</param>
    /// <param name="policy">Stays the caller's; ends as the mean of its weights on the way.</param>
    /// <param name="onStep">Told of each step.</param>
    /// <returns>The adversary, the caller's to dispose.</returns>
    public static DiscriminatorNetwork Train(Workshop shop, PolicyNetwork policy, Action onStep)
    {
        var recipe = shop.Recipe;
        var adversary = shop.CreateAdversary(Course.Steps);
        // Neither side keeps anything of earlier gradients: with momentum the two run around each other for a thousand steps.
        using var adversaryLearner = new DiscriminatorLearner(
            adversary, new DiscriminatorLearnerOptions { LearningRate = recipe.AdversaryRate, Beta1 = 0 });
        using var learner = new PolicyLearner(policy, recipe.AdversarialRate, recipe.AdversarialSteps, momentum: 0);
        using var average = new ExponentialMovingAverage(policy, recipe.AverageDecay);
        using var random = new Generator((ulong)shop.NextSeed());
        using var early = Round(recipe.GradientPenalty);
        using var late = Round(recipe.FinalGradientPenalty);
        foreach (var batch in WalkBatches.Read(shop, shop.Rows, recipe.BatchSize, recipe.AdversarialSteps, shop.NextSeed()))
        {
            var round = adversaryLearner.Steps < recipe.AdversarialSteps / 2 ? early : late;
            var noise = randn([.. batch.States.shape[..^1], PolicyNetwork.NoiseSize], generator: random);
            var candidates = batch.With(policy.forward(batch.States, noise));
            round.StepDiscriminator(batch.Sequences, candidates);
            learner.Step(round.GeneratorLoss(candidates));
            average.Update();
            onStep();
        }

        average.CopyTo(policy);
        return adversary;

        AdversarialTrainer Round(double penalty) =>
            new(adversary, adversaryLearner, new AdversarialOptions { GradientPenalty = penalty }, shop.NextSeed());
    }
}
