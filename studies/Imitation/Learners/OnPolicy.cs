using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Studies.Imitation;

/// <summary>
/// Adversarial imitation on the policy's own walks (GAIL, arXiv 1606.03476): a scorer around the adversary scores each step
/// of its roll-outs, and these token scores are the reward that a policy gradient follows.
/// </summary>
/// <remarks>
/// The adversary reads stretches of a few steps. Over whole walks it would hold against each step where the walk began,
/// which no move can mend.
/// </remarks>
internal static class OnPolicy
{
    /// <summary>The steps that the adversary reads at a time.</summary>
    public const int Stretch = 5;

    private const int AdversaryBatch = 128;
    private const int AdversarySteps = 4;

    // Token scores are clipped to this range.
    private const float MaxReward = 5;

    /// <summary>Trains a policy further, from the experts' starts and from disturbed ones.</summary>
    /// <param name="experiment">The experts.</param>
    /// <param name="policy">The policy.</param>
    /// <returns>The adversary, the caller's to dispose.</returns>
    public static DiscriminatorNetwork Train(Experiment experiment, PolicyNetwork policy)
    {
        var hyperparameters = experiment.Hyperparameters;
        var rows = new WalkRows(experiment.Context, Stretch);
        var random = new Random(experiment.NextSeed());
        var adversary = experiment.CreateAdversary(Stretch);
        var times = hyperparameters.OnPolicyWarmup + hyperparameters.OnPolicyRounds;
        using var adversaryLearner = new DiscriminatorLearner(
            adversary,
            new DiscriminatorLearnerOptions { LearningRate = hyperparameters.OnPolicyAdversaryRate, Beta1 = 0, TotalSteps = times * AdversarySteps });
        using var round = new AdversarialTrainer(
            adversary, adversaryLearner, new AdversarialOptions { GradientPenalty = hyperparameters.GradientPenalty, PenalizeGenerated = true }, experiment.NextSeed());
        using var learner = new PolicyGradient(policy, hyperparameters, experiment.NextSeed());
        using var average = new ExponentialMovingAverage(policy, hyperparameters.OnPolicyDecay);
        using var experts = WalkBatches.Read(experiment, rows, AdversaryBatch, times * AdversarySteps, experiment.NextSeed()).GetEnumerator();
        for (var i = -hyperparameters.OnPolicyWarmup; i < hyperparameters.OnPolicyRounds; i++)
        {
            var half = hyperparameters.RolloutWalks / 2;
            var done = Math.Max(0, (double)i / hyperparameters.OnPolicyRounds);
            var exploration = hyperparameters.Exploration + done * (hyperparameters.FinalExploration - hyperparameters.Exploration);
            var rollouts = Rollouts.Run(
                policy, [.. ObstacleWorld.Starts(half, random), .. ObstacleWorld.DisturbedStarts(half, random)], exploration, random);
            var view = rows.ToView(rollouts.Walks, byExpert: false);
            var options = new SequenceBatchOptions { BatchSize = AdversaryBatch, ShuffleSeed = random.Next() };
            foreach (var batch in experiment.Transformer.ToBatches(view, options).Take(AdversarySteps))
            {
                using (batch)
                {
                    experts.MoveNext();
                    round.StepDiscriminator(experts.Current.Sequences, batch.Sequences);
                }
            }

            // During the warm-up, only the adversary and the baseline learn.
            learner.Learn(rollouts, ComputeRewards(experiment, adversary, view), exploration, onlyBaseline: i < 0);
            if (i < 0)
                continue;
            average.Update();
        }

        average.CopyTo(policy);
        return adversary;
    }

    /// <summary>Computes a reward for each step, (T, N), row-major, by the pipeline that any user scores rows with.</summary>
    /// <param name="experiment">The transform.</param>
    /// <param name="adversary">The adversary.</param>
    /// <param name="view">Stretches of walks, one walk after another.</param>
    public static float[] ComputeRewards(Experiment experiment, DiscriminatorNetwork adversary, IDataView view)
    {
        using var scorer = experiment.CreateTrainer().CreateScorer(adversary);
        var scores = scorer.Transform(experiment.Transformer.Transform(view)).GetColumn<float[]>("TokenScores").ToArray();
        const int stretches = ObstacleWorld.Steps / Stretch;
        var walks = scores.Length / stretches;
        var rewards = new float[ObstacleWorld.Steps * walks];
        for (var row = 0; row < scores.Length; row++)
        {
            for (var i = 0; i < Stretch; i++)
                rewards[(row % stretches * Stretch + i) * walks + row / stretches] = Math.Clamp(scores[row][i], -MaxReward, MaxReward);
        }

        return rewards;
    }
}
