using Microsoft.ML;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The trained pipeline as one ML.NET model.</summary>
internal static class SavedModel
{
    /// <summary>Saves the transform and a scorer around the discriminator.</summary>
    public static void Save(Experiment experiment, DiscriminatorNetwork discriminator, string path)
    {
        using var scorer = experiment.Pipeline.CreateScorer(discriminator);
        var schema = experiment.Rows.ToRealView(experiment.Dataset.HeldOut).Schema;
        experiment.Compute.Context.Model.Save(experiment.Transformer.Append(scorer), schema, path);
    }

    /// <summary>Loads a model in a fresh context and evaluates it on held-out text.</summary>
    public static ModelMetrics Evaluate(Experiment experiment, string path)
    {
        var fresh = new MLContext();
        var model = fresh.Model.Load(path, out _);
        using var owner = model as IDisposable;
        var (dataset, rows, randomWords) =
            (experiment.Dataset, new GanRows(fresh, experiment.Dataset, experiment.Table), new RandomWords(experiment.Dataset, experiment.Seeds.RandomWords));
        var examples = experiment.DrawHeldOutExamples();
        Example[] real = [.. dataset.HeldOut.Select(window => Example.Real(dataset, window))];
        return new ModelMetrics(
            HeldOutEvaluation.EvaluateModel(model, rows.ToView(examples)),
            HeldOutEvaluation.EvaluatePairs(experiment.Counts, examples),
            EvaluateAgainst(dataset.HeldOut.Select(_ => randomWords.Draw())),
            EvaluateAgainst(dataset.HeldOut.Select(randomWords.Shuffle)));

        double EvaluateAgainst(IEnumerable<int[]> others) =>
            HeldOutEvaluation.EvaluateModelByWindow(model, rows.ToView([.. real, .. others.Select(Example.Standalone)]));
    }
}

/// <summary>How well a saved model tells held-out text from other texts, as AUC.</summary>
/// <param name="DrawnAuc">From words that the generator drew, word by word.</param>
/// <param name="PairAuc">The AUC of the mutual information of pairs on the same words.</param>
/// <param name="RandomWordsAuc">From words at random, window by window.</param>
/// <param name="ShuffledAuc">From the same words in another order, window by window.</param>
internal sealed record ModelMetrics(double DrawnAuc, double PairAuc, double RandomWordsAuc, double ShuffledAuc);
