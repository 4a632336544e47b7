namespace MlNetNtd.Examples.Imitation;

/// <summary>The three learners of one seed, one after another.</summary>
internal static class SeedRun
{
    /// <summary>Trains and judges them.</summary>
    /// <param name="recipe">The sizes.</param>
    /// <param name="seed">Decides everything.</param>
    /// <param name="onTick">Told of each step; <see cref="Recipe.Ticks"/> in all.</param>
    public static SeedResult Run(Recipe recipe, int seed, Action onTick)
    {
        using var shop = new Workshop(recipe, seed);
        var first = shop.NextSeed();
        var experts = Trial.OfExperts(shop);

        using var cloning = new PolicyNetwork(first);
        Cloning.Train(shop, cloning, onTick);
        var cloningTrial = Trial.Of(shop, cloning);

        using var adversarial = new PolicyNetwork(first);
        using var adversary = Adversarial.Train(shop, adversarial, onTick);
        var adversarialTrial = Trial.Of(shop, adversarial);

        // It goes on from there: teacher forcing has taught what to do on the experts' paths.
        using var onPolicy = adversarial.Copy();
        using var lastAdversary = OnPolicy.Train(shop, onPolicy, onTick);
        return new SeedResult(
            seed, experts, cloningTrial, adversarialTrial, Trial.Of(shop, onPolicy), SavedJudge.Save(shop, lastAdversary, OnPolicy.Stretch));
    }
}
