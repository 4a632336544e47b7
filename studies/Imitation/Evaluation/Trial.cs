namespace MlNetNtd.Studies.Imitation;

/// <summary>Walks of a policy, or of experts, and their metrics.</summary>
/// <param name="Success">The fraction of walks that succeeded, from the experts' starts.</param>
/// <param name="DisturbedSuccess">The same from disturbed starts; NaN for experts, who never start there.</param>
/// <param name="LeftFraction">Of the walks that passed the obstacle in the middle, the fraction that passed it on the left; NaN if none did.</param>
/// <param name="FreshAuc">The AUC of a fresh discriminator that tells the walks from experts'; 0.5: it cannot.</param>
/// <param name="Walks">The walks from the experts' starts.</param>
/// <param name="DisturbedWalks">Those from disturbed ones.</param>
internal sealed record Trial(
    double Success, double DisturbedSuccess, double LeftFraction, double FreshAuc, IReadOnlyList<Walk> Walks, IReadOnlyList<Walk> DisturbedWalks)
{
    /// <summary>Evaluates a policy.</summary>
    public static Trial Evaluate(Experiment experiment, IPolicy policy)
    {
        var random = new Random(experiment.NextSeed());
        var walks = Run(ObstacleWorld.Starts(experiment.Hyperparameters.TrialWalks, random));
        var disturbed = Run(ObstacleWorld.DisturbedStarts(experiment.Hyperparameters.TrialWalks, random));
        return Create(walks, disturbed, FreshDiscriminator.ComputeAuc(experiment, walks));

        Walk[] Run(List<State> starts) => Simulation.Run(starts, (_, states, moves) => policy.ChooseMoves(states, moves, random));
    }

    /// <summary>Evaluates held-out experts as a learner is evaluated.</summary>
    public static Trial EvaluateExperts(Experiment experiment)
    {
        var walks = Expert.CreateWalks(experiment.Hyperparameters.TrialWalks, experiment.NextSeed());
        return Create(walks, [], FreshDiscriminator.ComputeAuc(experiment, walks));
    }

    private static Trial Create(IReadOnlyList<Walk> walks, IReadOnlyList<Walk> disturbed, double auc)
    {
        var passed = walks.Where(walk => walk.PassedLeft is not null).ToArray();
        return new Trial(
            Fraction(walks, walk => walk.Succeeded), Fraction(disturbed, walk => walk.Succeeded), Fraction(passed, walk => walk.PassedLeft == true),
            auc, walks, disturbed);
    }

    private static double Fraction(IReadOnlyCollection<Walk> walks, Func<Walk, bool> condition) =>
        walks.Count == 0 ? double.NaN : (double)walks.Count(condition) / walks.Count;
}
