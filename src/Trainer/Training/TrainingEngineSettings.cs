namespace MlNetNtd;

/// <summary>The settings of a training engine.</summary>
/// <param name="LearnerOptions">The options of the learner.</param>
/// <param name="DropoutSeed">The seed of dropout.</param>
/// <param name="MicroBatchSize">The maximum number of rows in a micro-batch.</param>
/// <param name="Loss">What the loss compares, never Auto.</param>
/// <param name="AllReduce">The all-reduce of the processes; null for a single process.</param>
internal sealed record TrainingEngineSettings(
    DiscriminatorLearnerOptions LearnerOptions, int DropoutSeed, int MicroBatchSize, LossKind Loss, GradientAllReduce? AllReduce);
