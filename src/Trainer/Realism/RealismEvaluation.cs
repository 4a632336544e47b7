using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Trains and scores fold by fold, and reports.</summary>
internal sealed class RealismEvaluation : IDisposable
{
    private readonly BinaryClassificationCatalog _catalog;
    private readonly IHost _host;
    private readonly RealismOptions _options;
    private readonly IReadOnlyList<RealismSequence> _sequences;
    private readonly int _dimension;
    private readonly int[] _folds;
    private readonly NextTokenDiscriminatorTrainer.Options _trainerOptions;
    // A context of its own creates views of rows in memory: they know nothing of the caller's.
    private readonly DataOperationsCatalog _data = new MLContext().Data;
    private readonly RealismRows _rows;

    private RealismEvaluation(BinaryClassificationCatalog catalog, IHost host, IDataView real, IDataView synthetic, RealismOptions options)
    {
        (_catalog, _host, _options) = (catalog, host, options);
        (_sequences, _dimension) = RealismSequences.Read(host, real, synthetic, options);
        _folds = RealismFolds.Assign(host, _sequences, options);
        var lengths = _sequences.Select(sequence => sequence.Values.Length / _dimension).Distinct().ToList();
        _rows = new RealismRows(host, _data, _dimension, lengths.Count == 1 ? lengths[0] : null, lengths.Max());
        _trainerOptions = CreateTrainerOptions(lengths.Max());
    }

    /// <summary>Evaluates the sequences of two views.</summary>
    public static RealismReport Evaluate(BinaryClassificationCatalog catalog, IDataView real, IDataView synthetic, RealismOptions options)
    {
        var env = catalog.Environment();
        if (options.FindProblem() is { } problem)
            throw env.Option(problem);
        using var evaluation = new RealismEvaluation(catalog, env.Register("EvaluateRealism"), real, synthetic, options);
        return evaluation.Run();
    }

    public void Dispose() => _rows.Dispose();

    private RealismReport Run()
    {
        var (byDiscriminator, byBaseline) = (new List<FoldScores>(), new List<FoldScores>());
        var byPosition = new List<List<FoldScores>>();
        var evidence = new List<SequenceEvidence>();
        for (var fold = 0; fold < _options.NumberOfFolds; fold++)
        {
            var train = _sequences.Where((_, index) => _folds[index] != fold).ToList();
            var test = _sequences.Where((_, index) => _folds[index] == fold).ToList();
            var scored = ScoreByDiscriminator(train, test);
            byDiscriminator.Add(new FoldScores(test.Select((sequence, i) => new KeyedScore(scored[i].Score, sequence.IsReal, sequence.Key))));
            AddPositions(byPosition, test, scored);
            evidence.AddRange(StepEvidence.Compare(test, scored));
            byBaseline.Add(ScoreByBaseline(train, test));
        }

        return new RealismReport(
            _sequences.Count(sequence => sequence.IsReal),
            _sequences.Count(sequence => !sequence.IsReal),
            AucEstimator.Evaluate(byDiscriminator, _options.NumberOfPermutations, _options.Seed),
            AucEstimator.Evaluate(byBaseline, _options.NumberOfPermutations, _options.Seed),
            [.. byPosition.Select(folds => AucEstimator.Evaluate(folds, 0, _options.Seed))],
            [.. evidence.OrderBy(sequence => sequence.Row)]);
    }

    private NextTokenDiscriminatorTrainer.Options CreateTrainerOptions(int longest)
    {
        var options = (_options.Trainer ?? new NextTokenDiscriminatorTrainer.Options()).Copy();
        if (options.LossKind == LossKind.Auto)
            options.LossKind = LossKind.Token;
        RealismRows.SetColumns(options);
        options.EmbeddingDimension = _dimension;
        options.CandidatesPerToken = null;
        options.MaxTokens = longest;
        options.Seed ??= _options.Seed;
        // No difference is a result of this test, and a good one.
        options.WarnsOfChance = false;
        return options;
    }

    private List<(float Score, float[] Steps)> ScoreByDiscriminator(List<RealismSequence> train, List<RealismSequence> test)
    {
        using var scorer = _catalog.Trainers.NextTokenDiscriminator(_trainerOptions).Fit(_rows.CreateView(train));
        var output = scorer.Transform(_rows.CreateView(test));
        var (score, steps) = (output.Schema[ScoreColumns.Score], output.Schema[ScoreColumns.TokenScores]);
        using var cursor = output.GetRowCursor([score, steps]);
        var (getScore, getSteps) = (cursor.GetGetter<float>(score), cursor.GetGetter<VBuffer<float>>(steps));
        var scored = new List<(float, float[])>(test.Count);
        var (value, buffer) = (0f, default(VBuffer<float>));
        while (cursor.MoveNext())
        {
            getScore(ref value);
            getSteps(ref buffer);
            scored.Add((value, [.. buffer.DenseValues().Take(test[scored.Count].Values.Length / _dimension)]));
        }

        return scored;
    }

    private static void AddPositions(List<List<FoldScores>> byPosition, List<RealismSequence> test, List<(float Score, float[] Steps)> scored)
    {
        for (var position = 0; position < scored.Max(score => score.Steps.Length); position++)
        {
            if (position == byPosition.Count)
                byPosition.Add([]);
            var scores = test.Select((sequence, i) => (sequence, scored[i].Steps)).Where(pair => pair.Steps.Length > position)
                .Select(pair => new KeyedScore(pair.Steps[position], pair.sequence.IsReal, pair.sequence.Key)).ToList();
            // Where sequences differ in length, a fold may have only real ones, or only synthetic ones, that are this long.
            if (scores.Exists(score => score.IsReal) && scores.Exists(score => !score.IsReal))
                byPosition[position].Add(new FoldScores(scores));
        }
    }

    private FoldScores ScoreByBaseline(List<RealismSequence> train, List<RealismSequence> test)
    {
        var statistics = new InputStatistics();
        foreach (var sequence in train)
            statistics.Add(_dimension, sequence.Values);
        var rows = new LagRows(
            _data, InputStandardization.Create(_host, _options.SequenceColumnName, statistics.Moments), _options.Lags, withSquares: _options.Baseline is null);
        var baseline = _options.Baseline ?? _catalog.Trainers.LbfgsLogisticRegression(LagRows.LabelColumn, LagRows.FeatureColumn);
        var output = baseline.Fit(rows.CreateView(train)).Transform(rows.CreateView(test));
        if (output.Schema.GetColumnOrNull(ScoreColumns.Score) is not { } column)
            throw _host.MissingColumn("baseline's score", ScoreColumns.Score);
        if (column.Type != NumberDataViewType.Single)
            throw _host.SchemaMismatch("baseline's score", ScoreColumns.Score, "Single", column.Type, "Use a binary trainer.");
        using var cursor = output.GetRowCursor([column]);
        var getter = cursor.GetGetter<float>(column);
        return new FoldScores(test.Select(sequence => new KeyedScore(ReadMean(sequence.Values.Length / _dimension), sequence.IsReal, sequence.Key)).ToList());

        // The steps of a sequence follow each other.
        float ReadMean(int steps)
        {
            var (sum, score) = (0.0, 0f);
            for (var step = 0; step < steps; step++)
            {
                cursor.MoveNext();
                getter(ref score);
                sum += score;
            }

            return (float)(sum / steps);
        }
    }
}
