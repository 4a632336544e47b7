namespace MlNetNtd;

/// <summary>Converts the trainer's options to those of the <see cref="DiscriminatorLearner"/>.</summary>
internal static class LearnerOptionsExtensions
{
    /// <summary>Gets the learner's options. Fractions of the training become steps.</summary>
    /// <param name="options">The trainer's options.</param>
    /// <param name="stepsPerEpoch">Optimizer steps per epoch.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public static DiscriminatorLearnerOptions ToLearnerOptions(this NextTokenDiscriminatorTrainer.Options options, int stepsPerEpoch, int candidatesPerToken = 1)
    {
        var steps = (int)Math.Min(int.MaxValue, (long)stepsPerEpoch * options.GetEpochs(stepsPerEpoch));
        return new DiscriminatorLearnerOptions
        {
            LearningRate = options.LearningRate,
            WeightDecay = options.WeightDecay,
            MaxGradientNorm = options.MaxGradientNorm,
            WarmupSteps = (int)(steps * options.WarmupFraction),
            TotalSteps = steps,
            CandidatesPerToken = candidatesPerToken,
        };
    }
}
