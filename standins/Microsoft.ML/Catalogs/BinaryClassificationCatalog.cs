using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Trains and evaluates models that tell two classes apart.</summary>
public sealed class BinaryClassificationCatalog : TrainCatalogBase
{
    internal BinaryClassificationCatalog(IHostEnvironment env)
        : base(env, nameof(BinaryClassificationCatalog)) => Trainers = new BinaryClassificationTrainers(this);

    public BinaryClassificationTrainers Trainers { get; }

    /// <summary>Compares scores and probabilities with labels.</summary>
    public CalibratedBinaryClassificationMetrics Evaluate(
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string probabilityColumnName = "Probability",
        string predictedLabelColumnName = "PredictedLabel")
    {
        Environment.CheckValue(data, nameof(data));
        Environment.CheckNonEmpty(labelColumnName, nameof(labelColumnName));
        Environment.CheckNonEmpty(scoreColumnName, nameof(scoreColumnName));
        Environment.CheckNonEmpty(probabilityColumnName, nameof(probabilityColumnName));
        Environment.CheckNonEmpty(predictedLabelColumnName, nameof(predictedLabelColumnName));

        Find(data.Schema, predictedLabelColumnName, "PredictedLabel");
        return new BinaryEvaluation(
            Environment,
            Find(data.Schema, labelColumnName, "Label"),
            Find(data.Schema, scoreColumnName, "Score"),
            Find(data.Schema, probabilityColumnName, "Probability")).Run(data);
    }

    /// <summary>Fits and evaluates an estimator as often as there are folds, each time on the rows of one fold.</summary>
    public IReadOnlyList<CrossValidationResult<CalibratedBinaryClassificationMetrics>> CrossValidate(
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string labelColumnName = "Label",
        string samplingKeyColumnName = null,
        int? seed = null)
    {
        Environment.CheckNonEmpty(labelColumnName, nameof(labelColumnName));
        var folds = FitFolds(data, estimator, numberOfFolds, samplingKeyColumnName, seed).ToArray();
        return Array.ConvertAll(folds, fold => new CrossValidationResult<CalibratedBinaryClassificationMetrics>(
            fold.Model, Evaluate(fold.Scores, labelColumnName), fold.Scores, fold.Fold));
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, string role)
        => schema.GetColumnOrNull(name) ?? throw Contracts.ExceptParam(nameof(schema), $"{role} column '{name}' not found");

    /// <summary>Where trainers are found.</summary>
    public sealed class BinaryClassificationTrainers : CatalogInstantiatorBase
    {
        internal BinaryClassificationTrainers(BinaryClassificationCatalog catalog)
            : base(catalog)
        {
        }
    }
}
