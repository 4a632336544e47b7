using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Imitation;

/// <summary>
/// Adversarial imitation on the policy's own walks (GAIL, arXiv 1606.03476): a scorer around the adversary scores each step
/// of its roll-outs, and these token scores are the reward that a policy gradient follows.
/// </summary>
/// <remarks>
/// The adversary reads stretches of a few steps. Over whole walks it would hold against each step where the walk began,
/// which no move mends.
/// </remarks>
internal static class OnPolicy
{
    /// <summary>The steps that the adversary reads at a time.</summary>
    public const int Stretch = 5;

    private const int AdversaryBatch = 128;
    private const int AdversarySteps = 4;

    // Beyond it, a step is as bad as it can be.
    private const float MaxReward = 5;

    /// <summary>Trains a policy further, from the experts' starts and from disturbed ones.</summary>
    /// <param name="shop">The experts.</param>
    /// <param name="policy">Stays the caller's.</param>
    /// <param name="onStep">Told of each round of walking and learning.</param>
    /// <returns>The adversary, the caller's to dispose.</returns>
    public static DiscriminatorNetwork Train(Workshop shop, PolicyNetwork policy, Action onStep)
    {
        var recipe = shop.Recipe;
        var rows = new WalkRows(shop.Context, Stretch);
        var random = new Random(shop.NextSeed());
        var adversary = shop.CreateAdversary(Stretch);
        var times = recipe.OnPolicyWarmup + recipe.OnPolicyRounds;
        using var adversaryLearner = new DiscriminatorLearner(
            adversary,
            new DiscriminatorLearnerOptions { LearningRate = recipe.OnPolicyAdversaryRate, Beta1 = 0, TotalSteps = times * AdversarySteps });
        using var round = new AdversarialTrainer(
            adversary, adversaryLearner, new AdversarialOptions { GradientPenalty = recipe.GradientPenalty, PenalizeGenerated = true }, shop.NextSeed());
        using var learner = new PolicyGradient(policy, recipe, shop.NextSeed());
        using var average = new ExponentialMovingAverage(policy, recipe.OnPolicyDecay);
        using var experts = WalkBatches.Read(shop, rows, AdversaryBatch, times * AdversarySteps, shop.NextSeed()).GetEnumerator();
        for (var i = -recipe.OnPolicyWarmup; i < recipe.OnPolicyRounds; i++)
        {
            var half = recipe.RolloutWalks / 2;
            var done = Math.Max(0, (double)i / recipe.OnPolicyRounds);
            var exploration = recipe.Exploration + done * (recipe.FinalExploration - recipe.Exploration);
            var rollouts = Rollouts.Of(
                policy, [.. Course.Starts(half, random), .. Course.DisturbedStarts(half, random)], exploration, random);
            var view = rows.View(rollouts.Walks, byExpert: false);
            var options = new SequenceBatchOptions { BatchSize = AdversaryBatch, ShuffleSeed = random.Next() };
            foreach (var batch in shop.Stage.ToBatches(view, options).Take(AdversarySteps))
            {
                using (batch)
                {
                    experts.MoveNext();
                    round.StepDiscriminator(experts.Current.Sequences, batch.Sequences);
                }
            }

            // To begin with, neither the adversary nor the baseline has anything to teach.
            learner.Learn(rollouts, Rewards(shop, adversary, view), exploration, onlyBaseline: i < 0);
            if (i < 0)
                continue;
            average.Update();
            onStep();
        }

        average.CopyTo(policy);
        return adversary;
    }

    /// <summary>A reward for each step, (T, N), row-major, by the pipeline, as anybody would score rows.</summary>
    /// <param name="shop">The stage.</param>
    /// <param name="adversary">Who judges.</param>
    /// <param name="view">Stretches of walks, one walk after another.</param>
    public static float[] Rewards(Workshop shop, DiscriminatorNetwork adversary, IDataView view)
    {
        using var scorer = shop.CreateTrainer().CreateScorer(adversary);
        var scores = scorer.Transform(shop.Stage.Transform(view)).GetColumn<float[]>("TokenScores").ToArray();
        const int stretches = Course.Steps / Stretch;
        var walks = scores.Length / stretches;
        var rewards = new float[Course.Steps * walks];
        for (var row = 0; row < scores.Length; row++)
        {
            for (var i = 0; i < Stretch; i++)
                rewards[(row % stretches * Stretch + i) * walks + row / stretches] = Math.Clamp(scores[row][i], -MaxReward, MaxReward);
        }

        return rewards;
    }
}
