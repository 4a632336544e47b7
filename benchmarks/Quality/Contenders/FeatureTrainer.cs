using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>A trainer of ML.NET with its default options, on n-gram features and, if asked for, the discriminator's token scores.</summary>
/// <param name="name">The name in tables and flags.</param>
/// <param name="create">Creates the trainer.</param>
/// <param name="tokenScores">The discriminator whose token scores are one more feature; null for none.</param>
internal sealed class FeatureTrainer(string name, Func<MLContext, IEstimator<ITransformer>> create, Discriminator? tokenScores = null) : IContender
{
    public string Name => name;

    public ContenderScores Run(QualityTask task)
    {
        var (training, test) = (task.TrainingRows, task.TestRows);
        float[][] logits = [];
        var seconds = CpuClock.Measure(() =>
        {
            var scores = tokenScores?.ScoreHeldOut(task);
            // A fixed number of threads and seed would be an option of each trainer; the context's seed is enough for all of them.
            var model = create(task.Context).Fit(ToView(task, training, scores?.Training));
            logits = Score(task, model, ToView(task, test, scores?.Test));
        });
        return new ContenderScores(logits, seconds);
    }

    private static IDataView ToView(QualityTask task, TokenRows rows, float[][]? scores)
    {
        // The position, which a network knows by itself, comes with the n-grams.
        var ngrams = task.Models.Features;
        var features = ngrams.Count + (scores is null ? 1 : 2);
        var schema = SchemaDefinition.Create(typeof(TokenRow));
        schema[nameof(TokenRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        var tokens = new List<TokenRow>();
        for (var row = 0; row < rows.Count; row++)
        {
            for (var t = 0; t < rows.Candidates[row].Length; t++)
            {
                var token = new TokenRow { Features = new float[features], Label = rows.Labels[row][t] };
                ngrams.Compute(rows.Real[row].AsSpan(0, t), rows.Candidates[row][t], token.Features.AsSpan(0, ngrams.Count));
                token.Features[ngrams.Count] = t;
                if (scores is not null)
                    token.Features[^1] = scores[row][t];
                tokens.Add(token);
            }
        }

        return task.Context.Data.LoadFromEnumerable(tokens, schema);
    }

    private static float[][] Score(QualityTask task, ITransformer model, IDataView view)
    {
        var scored = model.Transform(view);
        return [.. scored.GetColumn<float>("Probability").Select(Logit.FromProbability).Chunk(task.WindowTokens)];
    }

    private sealed class TokenRow
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
