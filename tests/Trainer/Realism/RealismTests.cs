using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tests;

/// <summary><c>mlContext.BinaryClassification.EvaluateRealism</c>: whether synthetic sequences can be told from real ones, and by which steps.</summary>
[TestClass]
public sealed class RealismTests
{
    private const int Dimension = 3;

    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Sequences_of_one_source_are_not_told_apart()
    {
        var warnings = new List<string>();
        _context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };

        var report = Evaluate(Walks(60, 1), Walks(60, 2));

        Assert.IsEmpty(warnings, "No difference is a result, not a training that failed.");
        Assert.AreEqual((60L, 60L), (report.RealSequences, report.SyntheticSequences));
        Assert.IsTrue(report.Discriminator.Lower < 0.5 && report.Discriminator.Upper > 0.5, $"{report}");
        Assert.IsTrue(report.Baseline.Lower < 0.5 && report.Baseline.Upper > 0.5, $"{report}");
    }

    [TestMethod]
    public void Sequences_of_different_sources_are_told_apart()
    {
        var report = Evaluate(Walks(60, 1), Walks(60, 2, offset: 2));

        Assert.IsTrue(report.Discriminator.Lower > 0.8, $"{report}");
        Assert.AreEqual(0.01, report.Discriminator.PValue, 1e-9);
        Assert.IsTrue(report.Baseline.Lower > 0.8, $"{report}");
        Assert.AreEqual(2 - (2 * report.Discriminator.Value), report.DetectionScore, 1e-12);
    }

    [TestMethod]
    public void Report_has_every_position_and_every_synthetic_sequence_in_order()
    {
        var report = Evaluate(Walks(30, 1), Walks(24, 2));

        Assert.HasCount(5, report.ByPosition);
        CollectionAssert.AreEqual(Enumerable.Range(0, 24).Select(row => (long)row).ToArray(), report.Evidence.Select(sequence => sequence.Row).ToArray());
        foreach (var sequence in report.Evidence)
            Assert.HasCount(5, sequence.StepEvidence);
    }

    [TestMethod]
    public void Evidence_is_lowest_at_the_step_that_is_wrong()
    {
        // A step far off the walk, which the walk then leaves again.
        var random = new Random(1);
        var wrong = Walks(200, 2).Select(row => (Row: row, Step: random.Next(5))).ToList();
        foreach (var (row, step) in wrong)
        {
            for (var i = 0; i < Dimension; i++)
                row.Sequence[(step * Dimension) + i] += 4;
        }

        var report = Evaluate(Walks(200, 1), wrong.Select(pair => pair.Row));

        var found = report.Evidence.Zip(wrong).Count(pair => pair.First.LeastRealSteps(1).Contains(pair.Second.Step));
        Assert.IsTrue(found > 150, $"found {found} of 200");
    }

    [TestMethod]
    public void Same_seed_gives_the_same_report()
    {
        var (first, second) = (Evaluate(Walks(30, 1), Walks(30, 2)), Evaluate(Walks(30, 1), Walks(30, 2)));

        Assert.AreEqual($"{first}", $"{second}");
        CollectionAssert.AreEqual(first.Evidence.SelectMany(row => row.StepEvidence).ToArray(), second.Evidence.SelectMany(row => row.StepEvidence).ToArray());
    }

    [TestMethod]
    public void Sequences_may_differ_in_length()
    {
        var rows = Walks(40, 1).Select((row, i) => row with { Sequence = row.Sequence[..(Dimension * (1 + (i % 5)))] }).ToList();

        var report = Evaluate(rows, rows.Select(row => row with { Sequence = [.. row.Sequence.Select(value => value + 3)] }), known: false);

        Assert.HasCount(5, report.ByPosition);
        Assert.IsTrue(report.Discriminator.Value > 0.8, $"{report}");
    }

    [TestMethod]
    public void Windows_of_one_recording_share_a_fold_and_count_as_one()
    {
        // Each recording has its own level, so a discriminator that saw one of its windows would know the others.
        List<Row> real = [.. Recordings(1, 10)], synthetic = [.. Recordings(2, 10)];

        var (separate, together) = (Evaluate(real, synthetic), Evaluate(real, synthetic, options => options.SamplingKeyColumnName = nameof(Row.Recording)));

        Assert.IsTrue(separate.Discriminator.Lower > 0.5, $"{separate}");
        Assert.IsTrue(together.Discriminator.PValue > 0.01, $"{together}");
        Assert.IsTrue(together.Discriminator.Upper - together.Discriminator.Lower > separate.Discriminator.Upper - separate.Discriminator.Lower, $"{together}, {separate}");

        IEnumerable<Row> Recordings(int seed, int count) => Enumerable.Range(0, count).SelectMany(recording =>
        {
            var level = (float)(10 * new Random((seed * 1000) + recording).NextDouble());
            return Walks(8, (seed * 100) + recording).Select(row => new Row { Sequence = [.. row.Sequence.Select(value => value + level)], Recording = (seed * 1000) + recording });
        });
    }

    [TestMethod]
    public void Baseline_of_the_caller_reads_features_and_label()
    {
        var report = Evaluate(Walks(30, 1), Walks(30, 2, offset: 2), options => options.Baseline =
            _context.Transforms.NormalizeMinMax("Features").Append(_context.BinaryClassification.Trainers.SdcaLogisticRegression()));

        Assert.IsTrue(report.Baseline.Value > 0.8, $"{report}");
    }

    [TestMethod]
    public void Baseline_sees_the_steps_before_a_step()
    {
        // The values of each step are usual ones; only the difference to the step before tells.
        var random = new Random(1);
        var shuffled = Walks(100, 2).Select(row => row with { Sequence = [.. row.Sequence.Chunk(Dimension).OrderBy(_ => random.Next()).SelectMany(step => step)] });

        var blind = Evaluate(Walks(100, 1), shuffled, options => options.Lags = 0);

        Assert.IsTrue(blind.Baseline.Lower < 0.6, $"{blind}");
    }

    [TestMethod]
    public void Views_of_different_columns_are_refused()
    {
        var real = View(Walks(10, 1));
        var other = _context.Transforms.CopyColumns("Other", nameof(Row.Sequence)).Append(_context.Transforms.DropColumns(nameof(Row.Sequence))).Fit(real).Transform(real);

        Refused("Could not find synthetic sequence column 'Sequence'.", () => Evaluate(real, other));
        Refused("Could not find real sequence column 'Sequence'.", () => Evaluate(other, real));
    }

    [TestMethod]
    public void Steps_of_different_sizes_are_refused()
    {
        var wide = Walks(10, 1).Select(row => new Row { Sequence = [.. row.Sequence, .. row.Sequence] });

        Refused(
            "Schema mismatch for synthetic sequence column 'Sequence': expected steps of 3 values, as in the real data, got Vector<Single, 5, 6>.",
            () => Evaluate(View(Walks(10, 1)), View(wide, dimension: 6)));
    }

    [TestMethod]
    public void Value_that_is_not_finite_is_refused_by_view_row_and_step()
    {
        var rows = Walks(10, 1).ToList();
        rows[7].Sequence[4] = float.NaN;

        Refused("Column 'Sequence', row 7: expected finite values (synthetic data), found NaN in step 1, dimension 1.", () => Evaluate(Walks(10, 1), rows));
        Refused("Column 'Sequence', row 7: expected finite values (real data), found NaN in step 1, dimension 1.", () => Evaluate(rows, Walks(10, 1)));
    }

    [TestMethod]
    public void Sequence_without_steps_is_refused()
    {
        var rows = Walks(10, 1).Select((row, i) => i == 3 ? new Row { Sequence = [] } : row);

        Refused("Column 'Sequence', row 3: expected steps of 3 values, at least one (synthetic data), found 0 values.", () => Evaluate(Walks(10, 1), rows, known: false));
    }

    [TestMethod]
    public void Too_few_sequences_are_refused() =>
        Refused("Expected at least 10 synthetic sequences, two for each of 5 folds (NumberOfFolds), found 9.", () => Evaluate(Walks(10, 1), Walks(9, 2)));

    [TestMethod]
    public void Too_few_recordings_are_refused() => Refused(
        "Expected at least 10 real values of column 'Recording', two for each of 5 folds (NumberOfFolds), found 3.",
        () => Evaluate(Walks(30, 1).Select((row, i) => row with { Recording = i % 3 }), Walks(30, 2).Select((row, i) => row with { Recording = 5 + i }), options => options.SamplingKeyColumnName = nameof(Row.Recording)));

    [TestMethod]
    [DataRow(nameof(RealismOptions.NumberOfFolds), 1, "NumberOfFolds: expected 2 to 100 folds, found 1.")]
    [DataRow(nameof(RealismOptions.NumberOfPermutations), 0, "NumberOfPermutations: expected 1 to 1000000 permutations, found 0.")]
    [DataRow(nameof(RealismOptions.Lags), -1, "Lags: expected 0 to 1000 steps, found -1.")]
    [DataRow(nameof(RealismOptions.SequenceColumnName), " ", "SequenceColumnName: a column name is needed, found none.")]
    public void Option_out_of_range_is_refused_by_name(string option, object value, string message) =>
        Refused(message, () => Evaluate(Walks(10, 1), Walks(10, 2), options => typeof(RealismOptions).GetProperty(option)!.SetValue(options, value)));

    [TestMethod]
    public void Checkpoint_is_refused_because_each_fold_is_a_training_of_its_own() => Refused(
        "Trainer.CheckpointPath: expected none, because each fold is a training of its own, found 'a.checkpoint'.",
        () => Evaluate(Walks(10, 1), Walks(10, 2), options => options.Trainer!.CheckpointPath = "a.checkpoint"));

    [TestMethod]
    public void Sequences_that_are_all_equal_are_refused()
    {
        var equal = Enumerable.Range(0, 10).Select(_ => new Row { Sequence = Enumerable.Repeat(1f, 5 * Dimension).ToArray() });

        var error = Assert.Throws<InvalidOperationException>(() => Evaluate(equal, equal));
        StringAssert.Contains(error.Message, "expected embeddings that differ");
    }

    private static void Refused(string message, Action action)
    {
        var error = Assert.Throws<Exception>(action);
        StringAssert.StartsWith(error.Message, message);
    }

    private RealismReport Evaluate(IEnumerable<Row> real, IEnumerable<Row> synthetic, Action<RealismOptions>? configure = null, bool known = true) =>
        Evaluate(View(real, known: known), View(synthetic, known: known), configure);

    private RealismReport Evaluate(IDataView real, IDataView synthetic, Action<RealismOptions>? configure = null)
    {
        var options = new RealismOptions { NumberOfPermutations = 99, Trainer = new() { Layers = 1, ModelDimension = 16, LearningRate = 3e-3 } };
        configure?.Invoke(options);
        return _context.BinaryClassification.EvaluateRealism(real, synthetic, options);
    }

    private IDataView View(IEnumerable<Row> rows, int dimension = Dimension, bool known = true)
    {
        var list = rows.ToList();
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Sequence)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, known ? list[0].Sequence.Length / dimension : 0, dimension);
        return _context.Data.LoadFromEnumerable(list, schema);
    }

    // Five steps of a random walk.
    private static IEnumerable<Row> Walks(int count, int seed, float offset = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var row = new Row { Sequence = new float[5 * Dimension] };
            for (var i = 0; i < row.Sequence.Length; i++)
                row.Sequence[i] = (i < Dimension ? offset : row.Sequence[i - Dimension]) + (float)(random.NextDouble() - 0.5);
            return row;
        })];
    }

    private sealed record Row
    {
        public float[] Sequence { get; init; } = [];

        public long Recording { get; init; }
    }
}
