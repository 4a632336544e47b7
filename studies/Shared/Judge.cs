using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;
using MlNetNtd.Benchmarks.Quality;

namespace MlNetNtd.Studies;

/// <summary>
/// A judge of another family than the discriminator: boosted trees on n-gram features and the position of each word, trained until words that
/// it was not trained on are told no better.
/// </summary>
/// <param name="models">The n-gram models, counted on text that no window is of.</param>
/// <param name="seed">Decides what the trees leave out.</param>
internal sealed class Judge(TextModels models, int seed)
{
    private const int Iterations = 400;
    private const int EarlyStopping = 30;

    // One window of this many decides when to stop.
    private const int ValidationPart = 5;

    /// <summary>Trains on real and written windows, and computes the AUC over the words of others.</summary>
    public double ComputeAuc(IReadOnlyList<int[]> real, IReadOnlyList<int[]> written, IEnumerable<int[]> realTest, IEnumerable<int[]> writtenTest)
    {
        var context = new MLContext(seed);
        var trainer = context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
        {
            NumberOfIterations = Iterations,
            LearningRate = 0.05,
            EarlyStoppingRound = EarlyStopping,
            Seed = seed,
            Deterministic = true,
        });
        var model = trainer.Fit(
            ToView(context, real.Where((_, i) => i % ValidationPart > 0), written.Where((_, i) => i % ValidationPart > 0)),
            ToView(context, real.Where((_, i) => i % ValidationPart == 0), written.Where((_, i) => i % ValidationPart == 0)));
        var scored = model.Transform(ToView(context, realTest, writtenTest));
        var auc = new Auc();
        foreach (var (score, label) in scored.GetColumn<float>("Score").Zip(scored.GetColumn<bool>(nameof(Word.Label))))
            auc.Add(score, label);
        return auc.Compute();
    }

    private IDataView ToView(MLContext context, IEnumerable<int[]> real, IEnumerable<int[]> written)
    {
        var schema = SchemaDefinition.Create(typeof(Word));
        schema[nameof(Word.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, models.Features.Count + 1);
        return context.Data.LoadFromEnumerable(ToWords(real, true).Concat(ToWords(written, false)).ToArray(), schema);
    }

    private IEnumerable<Word> ToWords(IEnumerable<int[]> windows, bool label)
    {
        foreach (var window in windows)
        {
            for (var i = 0; i < window.Length; i++)
            {
                var word = new Word { Features = new float[models.Features.Count + 1], Label = label };
                models.Features.Compute(window.AsSpan(0, i), window[i], word.Features.AsSpan(0, models.Features.Count));
                word.Features[^1] = i;
                yield return word;
            }
        }
    }

    private sealed class Word
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
