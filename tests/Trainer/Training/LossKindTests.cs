using Microsoft.ML;
using static TorchSharp.torch;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>The loss counts rows or tokens; labels per row allow both.</summary>
[TestClass]
public sealed class LossKindTests
{
    private const int MaxTokens = 5;

    /// <summary>In every way that training reads rows: at once, again and again, in pieces, weighted, by several processes.</summary>
    [TestMethod]
    [DataRow("plain")]
    [DataRow("weighted")]
    [DataRow("accumulated")]
    [DataRow("read again")]
    [DataRow("by length")]
    [DataRow("processes")]
    public void Token_loss_of_row_labels_equals_that_of_repeated_labels(string how)
    {
        var rows = Rows(48);
        void Configure(Options options)
        {
            (options.ValidationFraction, options.Dropout) = (0.25, 0.2);
            // The temperature and the AUC are those of rows in one training and those of tokens in the other.
            options.MonitorMetric = MonitorMetric.Loss;
            options.ExampleWeightColumnName = how == "weighted" ? nameof(TrainingRow.Weight) : null;
            (options.GradientAccumulationSteps, options.BatchSize) = how == "accumulated" ? (3, 4) : (1, 12);
            options.MaxCacheBytes = how == "read again" ? 1 : null;
            options.BucketByLength = how == "by length";
        }

        using var expected = Fit(rows, options => { Configure(options); options.LabelColumnName = nameof(TrainingRow.TokenLabels); }, how);
        using var found = Fit(rows, options => { Configure(options); options.LossKind = LossKind.Token; }, how);
        using var byRow = Fit(rows, options => { Configure(options); options.LossKind = LossKind.Row; }, how);

        Expect.SameWeights(expected.Weights(), found.Weights());
        for (var epoch = 0; epoch < expected.History.Length; epoch++)
        {
            var (one, other) = (expected.History[epoch], found.History[epoch]);
            Assert.AreEqual(one.Training.Loss, other.Training.Loss, 1e-9);
            Assert.AreEqual(one.Validation!.Loss, other.Validation!.Loss, 1e-9);
            Assert.AreEqual(one.IsBest, other.IsBest);
            Assert.AreNotEqual(byRow.History[epoch].Training.Loss, other.Training.Loss, 1e-4, "Both losses are one here: the test shows nothing.");
        }
    }

    /// <summary>Whoever has a label per row asks how well rows are told apart, whatever was minimized.</summary>
    [TestMethod]
    public void Accuracy_and_AUC_count_rows_where_labels_are_per_row()
    {
        var (context, rows) = (new MLContext(seed: 1), Rows(48));
        var heldOut = Rows(40, seed: 2);
        var view = View(context, heldOut);

        using var scorer = Trainers.Small(context, options => options.LossKind = LossKind.Token).Fit(View(context, rows), view);
        var metrics = context.BinaryClassification.Evaluate(scorer.Transform(view));

        var validation = scorer.History.Single(epoch => epoch.IsBest && !scorer.History.Any(later => later.Epoch > epoch.Epoch && later.IsBest)).Validation!;
        Assert.AreEqual(metrics.AreaUnderRocCurve, validation.AreaUnderRocCurve, 1e-6);
        Assert.AreEqual(metrics.Accuracy, validation.Accuracy, 1e-6);
        // The loss is the mean over tokens, by hand.
        var scores = scorer.Scores(context, view);
        var losses = scores.Zip(heldOut).SelectMany(pair => pair.First.TokenScores.Select(score => Math.Log(1 + Math.Exp(pair.Second.Label ? -score : score)))).ToArray();
        Assert.AreEqual(losses.Average(), validation.Loss, 1e-5);
    }

    [TestMethod]
    public void Auto_loss_follows_the_label_column()
    {
        var rows = Rows(24);
        using var rowsAuto = Fit(rows, _ => { });
        using var rowsSaid = Fit(rows, options => options.LossKind = LossKind.Row);
        using var tokensAuto = Fit(rows, options => options.LabelColumnName = nameof(TrainingRow.TokenLabels));
        using var tokensSaid = Fit(rows, options => (options.LabelColumnName, options.LossKind) = (nameof(TrainingRow.TokenLabels), LossKind.Token));

        Expect.SameWeights(rowsSaid.Weights(), rowsAuto.Weights());
        Expect.SameWeights(tokensSaid.Weights(), tokensAuto.Weights());
        CollectionAssert.AreEqual(Losses(tokensSaid), Losses(tokensAuto));
    }

    [TestMethod]
    public void Row_loss_needs_a_label_per_row()
    {
        var context = new MLContext(seed: 1);
        var trainer = Trainers.Small(context, options => (options.LabelColumnName, options.LossKind) = (nameof(TrainingRow.TokenLabels), LossKind.Row));
        var view = View(context, Rows(8));
        const string Expected = "Schema mismatch for label column 'TokenLabels': expected Boolean, a label per row (LossKind.Row), got ";

        Expect.Error<ArgumentOutOfRangeException>(() => trainer.Fit(view), Expected, "Name a column with one label per row, or use LossKind.Token.");
        Expect.Error<ArgumentOutOfRangeException>(
            () => context.Transforms.CopyColumns("Copy", "Label").Append(trainer).GetOutputSchema(Shapes.Of(view.Schema)), Expected);
    }

    [TestMethod]
    public void Undefined_loss_kind_is_refused()
    {
        Expect.Error<ArgumentException>(
            () => Trainers.Small(new MLContext(), options => options.LossKind = (LossKind)4), "LossKind: expected one of Auto, Row, Token, RankingNce, found 4.");
        using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 4, MaxTokens = 2 });
        Assert.Contains(
            "LossKind: expected one of Auto, Row, Token, RankingNce, found -1.",
            Assert.ThrowsExactly<ArgumentException>(() => new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LossKind = (LossKind)(-1) })).Message);
    }

    [TestMethod]
    public void Checkpoint_of_the_other_loss_is_refused() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        using var scorer = Fit(Rows(16), options => (options.CheckpointPath, options.LossKind) = (path, LossKind.Row));

        Expect.Error<InvalidOperationException>(
            () => Fit(Rows(16), options => (options.CheckpointPath, options.LossKind) = (path, LossKind.Token)), "LossKind is");
    });

    /// <summary>The loss so far, of rows and of tokens, survives in the middle of an epoch too.</summary>
    [TestMethod]
    public void Training_on_token_loss_resumes() => TemporaryFolder.Use(folder =>
    {
        var (context, rows, path) = (new MLContext(seed: 1), Rows(48), Path.Combine(folder, "checkpoint"));
        using var source = new CancellationTokenSource();
        void Configure(Options options) => (options.LossKind, options.BatchSize, options.Epochs) = (LossKind.Token, 8, 3);
        using var whole = Fit(rows, Configure);
        var options = Trainers.SmallOptions(options => { Configure(options); (options.CheckpointPath, options.ProgressSeconds) = (path, 1e-9); });

        Assert.ThrowsExactly<OperationCanceledException>(() => context.BinaryClassification.Trainers.NextTokenDiscriminator(
            options, progress: new RecordingProgress(told => { if (told is { Epoch: 2, Batch: 3 }) source.Cancel(); }), cancellationToken: source.Token).Fit(View(context, rows)));
        using var resumed = context.BinaryClassification.Trainers.NextTokenDiscriminator(options).Fit(View(context, rows));

        Expect.SameWeights(whole.Weights(), resumed.Weights());
        CollectionAssert.AreEqual(Losses(whole), Losses(resumed));
    });

    /// <summary>The learner of one's own loop knows it too, on one thread and on several.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Learner_step_on_row_labels_equals_that_on_repeated_labels(int threads)
    {
        using var scope = NewDisposeScope();
        var (sequences, labels, tokens) = (randn(6, 2 * MaxTokens, 4), tensor(new[] { 1f, 0, 1, 0, 0, 1 }), ones(6, MaxTokens));
        tokens[0, MaxTokens - 1] = 0;

        var (loss, weights) = Step(LossKind.Token, labels);
        var (expected, expectedWeights) = Step(LossKind.Auto, labels.unsqueeze(1).repeat(1, MaxTokens));
        var (ofRows, _) = Step(LossKind.Auto, labels);

        Assert.AreEqual(expected, loss);
        Expect.SameWeights(expectedWeights, weights);
        Assert.AreNotEqual(ofRows, loss);
        Assert.AreEqual(ofRows, Step(LossKind.Row, labels).Loss);
        Assert.Contains(
            "labels: expected (6), a label per row (LossKind.Row), found (6, 5).",
            Assert.ThrowsExactly<ArgumentException>(() => Step(LossKind.Row, labels.unsqueeze(1).repeat(1, MaxTokens))).Message);

        (double Loss, Dictionary<string, float[]> Weights) Step(LossKind kind, Tensor labels)
        {
            using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 4, MaxTokens = MaxTokens, Dropout = 0 }, seed: 1);
            using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LossKind = kind }) { Threads = threads };
            return (learner.Step(sequences, null, labels, tokens), new Dictionary<string, float[]>(learner.GetState().Weights));
        }
    }

    private static double[] Losses(NextTokenDiscriminatorScorer scorer) => [.. scorer.History.Select(epoch => epoch.Training.Loss)];

    // Some labels are wrong, so that no figure is perfect.
    private static List<TrainingRow> Rows(int count, int seed = 1)
    {
        var rows = Samples.Free(count, MaxTokens, seed);
        for (var i = 0; i < count; i += 6)
            (rows[i].Label, rows[i].TokenLabels) = (!rows[i].Label, [.. rows[i].TokenLabels.Select(label => !label)]);
        for (var i = 0; i < count; i++)
            rows[i].Weight = 1 + i % 3;
        return rows;
    }

    private static NextTokenDiscriminatorScorer Fit(List<TrainingRow> rows, Action<Options> configure, string how = "")
    {
        if (how != "processes")
        {
            var context = new MLContext(seed: 1);
            return Trainers.Small(context, configure).Fit(View(context, rows));
        }

        var scorers = InMemoryProcessGroup.Run(2, process =>
        {
            var context = new MLContext(seed: 1);
            return Trainers.Small(context, options => { configure(options); options.ProcessGroup = process; }).Fit(View(context, rows));
        });
        scorers[1].Dispose();
        return scorers[0];
    }

    private static IDataView View(MLContext context, List<TrainingRow> rows) => Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
}
