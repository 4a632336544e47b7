using Microsoft.ML;

namespace MlNetNtd;

/// <summary>The options of <c>mlContext.BinaryClassification.EvaluateRealism</c>.</summary>
public sealed class RealismOptions
{
    /// <summary>The column of sequences in both views, Vector&lt;Single, T, C&gt;; T may differ between rows. Default: <c>Sequence</c>.</summary>
    public string SequenceColumnName { get; set; } = "Sequence";

    /// <summary>C, the number of values of a step. Default: null or 0: taken from the column's type.</summary>
    public int? EmbeddingDimension { get; set; }

    /// <summary>
    /// The column, in both views, whose equal values keep sequences in one fold: the recording that a window is from. Text, a key, a number,
    /// Boolean, a date or a time. The interval and the permutations then treat the real sequences of a key as one observation, and the
    /// synthetic ones, too. Default: null or empty: every sequence is an observation of its own.
    /// </summary>
    public string? SamplingKeyColumnName { get; set; }

    /// <summary>The number of folds, 2 to 100. Default: 5.</summary>
    public int NumberOfFolds { get; set; } = 5;

    /// <summary>
    /// The number of permutations behind the p-value, 1 to 1,000,000. The smallest p-value is 1 / (1 + this number). Default: 999.
    /// </summary>
    public int NumberOfPermutations { get; set; } = 999;

    /// <summary>The number of steps before a step that the baseline sees, 0 to 1,000. Default: 3.</summary>
    public int Lags { get; set; } = 3;

    /// <summary>
    /// The options of the discriminator's trainer. Names of columns, the sizes of sequences and the sampling key are set by the evaluation, and
    /// <see cref="LossKind.Auto"/> is <see cref="LossKind.Token"/>, so that each step's score says how real the sequence looks up to this
    /// step. A checkpoint is not possible, because each fold is a training of its own. Default: null: the trainer's defaults.
    /// </summary>
    public NextTokenDiscriminatorTrainer.Options? Trainer { get; set; }

    /// <summary>
    /// The baseline: a binary trainer that reads <c>Features</c> (Vector&lt;Single&gt;: the step and the steps before it, standardized, and
    /// whether those exist) and <c>Label</c> (Boolean) and writes <c>Score</c>, for example
    /// <c>mlContext.BinaryClassification.Trainers.LightGbm()</c> of Microsoft.ML.LightGbm. Default: null: logistic regression on these
    /// features and their squares.
    /// </summary>
    public IEstimator<ITransformer>? Baseline { get; set; }

    /// <summary>The seed of folds, permutations and training. Default: 0.</summary>
    public int Seed { get; set; }

    /// <summary>Finds the first invalid option; null if all are valid.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (string.IsNullOrWhiteSpace(SequenceColumnName))
            return (nameof(SequenceColumnName), "a column name is needed, found none");
        if (UnsetValue.ToNull(EmbeddingDimension) is { } dimension && TransformSettings.FindDimensionProblem(dimension) is { } problem)
            return problem;
        if (NumberOfFolds is < 2 or > 100)
            return (nameof(NumberOfFolds), $"expected 2 to 100 folds, found {NumberOfFolds}");
        if (NumberOfPermutations is < 1 or > 1_000_000)
            return (nameof(NumberOfPermutations), $"expected 1 to 1000000 permutations, found {NumberOfPermutations}");
        if (Lags is < 0 or > 1000)
            return (nameof(Lags), $"expected 0 to 1000 steps, found {Lags}");
        if (UnsetValue.ToNull(Trainer?.CheckpointPath) is { } path)
            return ($"{nameof(Trainer)}.{nameof(Trainer.CheckpointPath)}", $"expected none, because each fold is a training of its own, found '{path}'");
        return null;
    }
}
