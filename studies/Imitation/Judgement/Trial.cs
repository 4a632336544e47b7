namespace MlNetNtd.Examples.Imitation;

/// <summary>How a policy, or the experts, did.</summary>
/// <param name="Success">The share of walks that succeeded, from the experts' starts.</param>
/// <param name="DisturbedSuccess">The same from disturbed starts; NaN for experts, who are never there.</param>
/// <param name="LeftShare">Of the walks that came past the obstacle in the middle, the share that passed it on the left; NaN where none did.</param>
/// <param name="JudgeAuc">How well a fresh discriminator tells the walks from experts'; 0.5: not at all.</param>
/// <param name="Walks">The walks from the experts' starts.</param>
/// <param name="DisturbedWalks">Those from disturbed ones.</param>
internal sealed record Trial(
    double Success, double DisturbedSuccess, double LeftShare, double JudgeAuc, IReadOnlyList<Walk> Walks, IReadOnlyList<Walk> DisturbedWalks)
{
    /// <summary>Lets a policy walk, and has it judged.</summary>
    public static Trial Of(Workshop shop, PolicyNetwork policy)
    {
        var random = new Random(shop.NextSeed());
        var walks = Rollouts.Of(policy, Course.Starts(shop.Recipe.TrialWalks, random), exploration: 0, random).Walks;
        var disturbed = Rollouts.Of(policy, Course.DisturbedStarts(shop.Recipe.TrialWalks, random), exploration: 0, random).Walks;
        return Of(walks, disturbed, FreshJudge.Auc(shop, walks));
    }

    /// <summary>The held-out experts, judged as a learner is.</summary>
    public static Trial OfExperts(Workshop shop)
    {
        var walks = Expert.Walks(shop.Recipe.TrialWalks, shop.NextSeed());
        return Of(walks, [], FreshJudge.Auc(shop, walks));
    }

    private static Trial Of(IReadOnlyList<Walk> walks, IReadOnlyList<Walk> disturbed, double auc)
    {
        var passed = walks.Where(walk => walk.PassedLeft is not null).ToArray();
        return new Trial(
            Share(walks, walk => walk.Succeeded), Share(disturbed, walk => walk.Succeeded), Share(passed, walk => walk.PassedLeft == true),
            auc, walks, disturbed);
    }

    private static double Share(IReadOnlyCollection<Walk> walks, Func<Walk, bool> condition) =>
        walks.Count == 0 ? double.NaN : (double)walks.Count(condition) / walks.Count;
}
