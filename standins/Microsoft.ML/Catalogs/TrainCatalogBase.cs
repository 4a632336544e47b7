using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What the catalogs of trainers have in common.</summary>
public abstract class TrainCatalogBase : IInternalCatalog
{
    private protected TrainCatalogBase(IHostEnvironment env, string registrationName)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckNonEmpty(registrationName, nameof(registrationName));
        Environment = env;
    }

    IHostEnvironment IInternalCatalog.Environment => Environment;

    private protected IHostEnvironment Environment { get; }

    /// <summary>Fits an estimator to each fold's training rows, and scores the rows that the fold keeps back.</summary>
    private protected IEnumerable<(ITransformer Model, IDataView Scores, int Fold)> FitFolds(
        IDataView data, IEstimator<ITransformer> estimator, int numFolds, string samplingKeyColumn, int? seed)
    {
        Environment.CheckValue(data, nameof(data));
        Environment.CheckValue(estimator, nameof(estimator));
        Environment.CheckParam(numFolds > 1, nameof(numFolds), "Must be more than 1");
        if (samplingKeyColumn is not null)
            throw Environment.Except("The stand-in for Microsoft.ML cannot keep rows of one sampling key together.");

        uint draws = (uint)(seed ?? ((IHostEnvironmentInternal)Environment).Seed ?? FoldView.DefaultSeed);
        for (int fold = 0; fold < numFolds; fold++)
        {
            ITransformer model = estimator.Fit(new FoldView(Environment, data, draws, fold, numFolds, keepsFold: false));
            var test = new FoldView(Environment, data, draws, fold, numFolds, keepsFold: true);
            yield return (model, Score(model, test), fold);
        }
    }

    // Of a chain the stages that are there for training only take part too.
    private static IDataView Score(ITransformer model, IDataView data)
        => model.GetType().GetMethod(nameof(ITransformer.Transform), [typeof(IDataView), typeof(TransformerScope)]) is { } transform
            ? (IDataView)transform.Invoke(model, [data, TransformerScope.Everything])
            : model.Transform(data);

    /// <summary>What came of one fold.</summary>
    public sealed class CrossValidationResult<T>
        where T : class
    {
        public readonly T Metrics;
        public readonly ITransformer Model;
        public readonly IDataView ScoredHoldOutSet;
        public readonly int Fold;

        internal CrossValidationResult(ITransformer model, T metrics, IDataView scores, int fold)
            => (Model, Metrics, ScoredHoldOutSet, Fold) = (model, metrics, scores, fold);
    }

    /// <summary>What trainers hang their extension methods on.</summary>
    public abstract class CatalogInstantiatorBase : IInternalCatalog
    {
        private protected CatalogInstantiatorBase(TrainCatalogBase catalog) => Owner = catalog;

        IHostEnvironment IInternalCatalog.Environment => Owner.Environment;

        internal TrainCatalogBase Owner { get; }
    }
}
