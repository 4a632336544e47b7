using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>The library's discriminator on embeddings, with labels per token and otherwise default options.</summary>
/// <param name="name">The name in tables and flags.</param>
/// <param name="options">Creates the options; columns and seed are set by the contender.</param>
/// <param name="draws">The draws of each training window. The number of epochs is divided by it, so that training takes as many steps.</param>
/// <param name="hasFeatures">Whether the features of n-grams stand beside each embedding.</param>
internal sealed class Discriminator(string name, Func<NextTokenDiscriminatorTrainer.Options> options, int draws = 1, bool hasFeatures = false) : IContender
{
    public string Name => name;

    public ContenderScores Run(QualityTask task)
    {
        float[][] logits = [];
        var note = "";
        var seconds = CpuClock.Measure(() =>
        {
            using var model = Fit(task, task.CreateTrainingView(draws, Features(task)));
            note = Describe(model);
            logits = Score(model, task.CreateTestView(Features(task)));
        });
        return new ContenderScores(logits, seconds, note);
    }

    /// <summary>
    /// Scores the training rows by networks that have not seen them, for a trainer that learns from the scores: each half of the documents
    /// by a network that the other half trained. The test rows get the mean of both.
    /// </summary>
    public (float[][] Training, float[][] Test) ScoreHeldOut(QualityTask task)
    {
        var training = task.CreateTrainingView(features: Features(task));
        // Row by row: which half its document is in.
        var isFirst = Array.ConvertAll(task.TrainingRows.Documents, document => document % 2 == 0);
        var scores = new float[task.TrainingRows.Count][];
        var test = new List<float[][]>();
        foreach (var half in new[] { true, false })
        {
            using var model = Fit(task, Filter(task.Context, training, half));
            var scored = Score(model, training);
            for (var row = 0; row < scores.Length; row++)
            {
                if (isFirst[row] != half)
                    scores[row] = scored[row];
            }

            test.Add(Score(model, task.CreateTestView(Features(task))));
        }

        return (scores, [.. test[0].Zip(test[1], (one, other) => one.Zip(other, (a, b) => (a + b) / 2).ToArray())]);
    }

    private static IDataView Filter(MLContext context, IDataView view, bool even) =>
        context.Data.FilterByCustomPredicate<DocumentRow>(view, row => (row.SequenceId % 2 == 0) != even);

    private static string Describe(TransformerChain<NextTokenDiscriminatorScorer> model)
    {
        var history = model.LastTransformer.History;
        return $"best epoch {history.LastOrDefault(epoch => epoch.IsBest)?.Epoch} of {history.Length}";
    }

    private static float[][] Score(TransformerChain<NextTokenDiscriminatorScorer> model, IDataView view)
    {
        var scored = model.Transform(view);
        return [.. scored.GetColumn<float[]>("TokenProbabilities").Select(row => Array.ConvertAll<float, float>(row, Logit.FromProbability))];
    }

    private TokenFeatures? Features(QualityTask task) => hasFeatures ? new TokenFeatures(task.Models.Features.Count, task.Models.Features.Compute) : null;

    private TransformerChain<NextTokenDiscriminatorScorer> Fit(QualityTask task, IDataView view)
    {
        var chosen = options();
        (chosen.LabelColumnName, chosen.SamplingKeyColumnName, chosen.TokenProbabilities) = ("TokenLabels", "SequenceId", true);
        (chosen.Seed, chosen.ProgressSeconds) = (task.Seed, 0);
        if (draws > 1)
            chosen.Epochs = Math.Max(1, chosen.GetEpochs(CountSteps(task.TrainingRows.Count, chosen)) / draws);
        return task.Context.Transforms.NextTokenDiscriminator()
            .Append(task.Context.BinaryClassification.Trainers.NextTokenDiscriminator(chosen))
            .Fit(view);
    }

    // The steps of an epoch over the rows of one draw, which are split by document.
    private static long CountSteps(int rows, NextTokenDiscriminatorTrainer.Options options) =>
        (long)Math.Ceiling((1 - options.ValidationFraction) * rows / options.RowsPerStep);

    private sealed class DocumentRow
    {
        public long SequenceId { get; set; }
    }
}
