namespace MlNetNtd.Tool;

/// <summary>The options of a training, as a JSON file has them.</summary>
internal sealed class TrainingOptions
{
    /// <summary>Gets or sets the options of the transform.</summary>
    public NextTokenDiscriminatorEstimator.Options Transform { get; set; } = new();

    /// <summary>Gets or sets the options of the trainer.</summary>
    public NextTokenDiscriminatorTrainer.Options Trainer { get; set; } = new();
}
