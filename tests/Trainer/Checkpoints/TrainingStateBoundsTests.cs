using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>
/// The trainer's state from a file with a correct checksum: a value that this training cannot have is refused with a clear error.
/// </summary>
[TestClass]
public sealed class TrainingStateBoundsTests
{
    private static readonly DiscriminatorConfig Shape = new DiscriminatorConfig { EmbeddingDimension = 2, MaxTokens = 3, ModelDimension = 4, Layers = 1, FeedForwardDimension = 4 }.Resolve();
    private static readonly TrainingStateValidator Bounds = new(Shape, Epochs: 3, Batches: 5, Skips: 2, Validates: false);
    private static readonly IReadOnlyDictionary<string, float[]> Weights = StateDictionary.Initialize(Shape, seed: 1).Values;
    private static readonly DiscriminatorMetrics Figures = new(0.5, 0.75, double.NaN);

    private static readonly TrainingState Right = new()
    {
        Epoch = 2,
        Batches = 1,
        Seconds = 1.5,
        Skipped = 2,
        History = [new(1, 3, Figures, null, 10, IsBest: true)],
        Best = Weights,
        Learner = new DiscriminatorLearnerState
        {
            Steps = 4,
            Passes = 6,
            OptimizerSteps = 4,
            Weights = Weights,
            Mean = new float[Shape.GetFlatLength()],
            Square = new float[Shape.GetFlatLength()],
        },
        Metrics = new BinaryMetricsState(2, 1, 0.5, 1, 2) { Scores = [0.5f, 1, 1, 0.25f, 0, 1] },
    };

    [TestMethod]
    public void Possible_state_is_accepted()
    {
        foreach (var state in new[]
        {
            Right,
            Right with { Batches = 5 },
            Right with { Metrics = new BinaryMetricsState(2, 1, 0.5, 1, 2) { Bins = [(0, 1, 0), (LogitHistogram.Bins - 1, 0, 1)] } },
            new TrainingState { Learner = Right.Learner! with { Steps = 0, OptimizerSteps = 0 } },
            After(3),
        })
        {
            Assert.IsNull(Bounds.FindProblem(state));
        }
    }

    [TestMethod]
    public void Impossible_state_is_named()
    {
        foreach (var (state, problem) in Wrong())
        {
            var found = Bounds.FindProblem(state);
            Assert.IsNotNull(found, problem);
            Assert.Contains(problem, found);
        }
    }

    /// <summary>From the file to the sentence, and the file is left as it is.</summary>
    [TestMethod]
    public void Fit_refuses_a_forged_file() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        Fit(path).Dispose();
        var right = CheckpointFile.Read(path);
        var whole = right.ReadState<TrainingState>();

        foreach (var (state, problem) in new (TrainingState, string)[]
        {
            (whole with { Learner = null }, "expected a learner's state, found none"),
            (whole with { Best = new Dictionary<string, float[]>() }, "the best weights: expected "),
            (whole with { History = [] }, "expected a history of 2 epochs, found 0"),
            (whole with { History = [null!, null!] }, "the history's epoch 1: expected its figures, found none"),
            (whole with { Epoch = int.MaxValue }, "expected epoch 1 to 3, found 2147483647"),
            (whole with { Metrics = whole.Metrics with { Bins = [(-1, 1, 1)] } }, "found -1 behind -1"),
        })
        {
            CheckpointFile.Write(path, right.Fingerprint, state);
            var before = File.ReadAllBytes(path);
            Expect.Error<FormatException>(() => Fit(path), $"CheckpointPath: {path}: its checksum is right, but what it holds is not: ", problem, "left as it is");
            CollectionAssert.AreEqual(before, File.ReadAllBytes(path));
        }
    });

    /// <summary>What is read without a label's column or with another one trains something else, whatever the rows are.</summary>
    [TestMethod]
    public void Columns_of_another_type_change_the_fingerprint() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        Fit(path).Dispose();
        var context = new MLContext(seed: 1);
        var free = context.Data.LoadFromEnumerable(Samples.Fixed(40).Select(row => new TrainingRow
        {
            PreviousEmbeddings = row.PreviousEmbeddings,
            CurrentEmbeddings = row.CurrentEmbeddings,
            Label = row.Label,
        }));

        // The same rows, options and sizes, of columns whose type does not say how long they are.
        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(context, options => Options(options, path)).Fit(Trainers.Transformed(context, free)), "another training", "the columns ");
    });

    private static IEnumerable<(TrainingState State, string Problem)> Wrong()
    {
        yield return (Right with { Epoch = 0 }, "expected epoch 1 to 4, found 0");
        yield return (Right with { Epoch = 5 }, "expected epoch 1 to 4, found 5");
        yield return (Right with { Batches = -1 }, "expected 0 to 5 batches of the epoch done, found -1");
        yield return (Right with { Batches = 6 }, "found 6");
        yield return (After(3) with { Batches = 1 }, "expected no batches after the last epoch, found 1");
        yield return (Right with { Seconds = -1 }, "expected 0 seconds or more, found -1");
        yield return (Right with { Seconds = double.NaN }, "expected 0 seconds or more, found NaN");
        yield return (Right with { Skipped = 3 }, "expected 0 to 2 steps skipped, found 3");
        yield return (Right with { Skipped = -1 }, "found -1");
        yield return (Right with { History = [] }, "expected a history of 1 epochs, found 0");
        yield return (History(null!), "the history's epoch 1: expected its figures, found none");
        yield return (History(new(2, 3, Figures, null, 10, true)), "expected epoch 1 of 3, found 2 of 3");
        yield return (History(new(1, 4, Figures, null, 10, true)), "expected epoch 1 of 3, found 1 of 4");
        yield return (History(new(1, 3, null!, null, 10, true)), "expected its figures, found none");
        yield return (History(new(1, 3, Figures, Figures, 10, true)), "expected no figures of validation rows, found some");
        yield return (History(new(1, 3, Figures with { Loss = double.NaN }, null, 10, true)), "expected a finite loss, found NaN");
        yield return (History(new(1, 3, Figures with { Loss = -1 }, null, 10, true)), "expected a loss of 0 or more, found -1");
        yield return (History(new(1, 3, Figures with { CalibratedLoss = -1 }, null, 10, true)), "expected a calibrated loss of 0 or more, found -1");
        yield return (History(new(1, 3, Figures with { Temperature = float.NaN }, null, 10, true)), "expected a temperature from 0.05 to 100, found NaN");
        yield return (History(new(1, 3, Figures with { ChanceDeviation = -1 }, null, 10, true)), "expected a deviation of chance of 0 or more, found -1");
        yield return (History(new(1, 3, Figures with { Accuracy = 2 }, null, 10, true)), "expected accuracy from 0 to 1, found 2");
        yield return (History(new(1, 3, Figures with { AreaUnderRocCurve = -1 }, null, 10, true)), "expected AUC from 0 to 1, found -1");
        yield return (History(new(1, 3, Figures with { AreaUnderRocCurveError = double.PositiveInfinity }, null, 10, true)), "expected AucError from 0 to 1");
        yield return (History(new(1, 3, Figures, null, double.NaN, true)), "expected 0 rows a second or more, found NaN");
        yield return (History(new(1, 3, Figures, null, 10, false)), "expected the best so far: True, found False");
        yield return (Right with { Best = new Dictionary<string, float[]>() }, "the best weights: expected ");
        yield return (Right with { Best = new Dictionary<string, float[]>(Weights) { ["head.bias"] = null! } }, "values of 'head.bias', (1), found none");
        yield return (Right with { Best = new Dictionary<string, float[]>(Weights) { ["head.bias"] = [float.NaN] } }, "every weight must be finite");
        yield return (new TrainingState { Learner = Right.Learner, Best = Weights }, "expected no best weights before the first epoch is over");
        yield return (Right with { Learner = null }, "expected a learner's state, found none");
        yield return (Learner(Right.Learner! with { Weights = new Dictionary<string, float[]>() }), "the learner: expected ");
        yield return (Learner(Right.Learner! with { Steps = -1, OptimizerSteps = -1 }), "the learner: expected 0 steps or more, found -1");
        yield return (Learner(Right.Learner! with { OptimizerSteps = 3 }), "expected 4 steps of the optimizer, found 3");
        yield return (Learner(Right.Learner! with { Square = [] }), "values of the optimizer twice");
        yield return (Metrics(new(-1, 0, 0, 0, 0)), "found 0 of -1");
        yield return (Metrics(new(1, 2, 0, 0, 0)), "found 2 of 1");
        yield return (Metrics(new(0, 0, double.NaN, 0, 0)), "expected a sum of losses of 0 or more, found NaN");
        yield return (Metrics(new(0, 0, 0, 0, -1)), "expected a sum of weights of 0 or more, found -1");
        yield return (Metrics(new(0, 0, 0, 0, 0) { LossWeight = double.NaN }), "expected a sum of weights of losses of 0 or more, found NaN");
        yield return (Metrics(new(0, 0, 0, 2, 1)), "expected weights on the right side of at most 1, found 2");
        yield return (Metrics(new(1, 1, 0, 0, 1)), "expected 3 numbers of scores, found 0");
        yield return (Metrics(new(1, 1, 0, 0, 1) { Scores = [float.NaN, 1, 1] }), "score 0: expected a finite logit");
        yield return (Metrics(new(1, 1, 0, 0, 1) { Scores = [0, 2, 1] }), "a label of 0 or 1");
        yield return (Metrics(new(1, 1, 0, 0, 1) { Scores = [0, 1, -1] }), "a weight of 0 or more");
        yield return (Metrics(new(1, 1, 0, 0, 1) { Scores = [0, 1, 1], Bins = [(0, 1, 1)] }), "expected 0 numbers of scores, found 3");
        yield return (Metrics(new(1, 1, 0, 0, 1) { Bins = [(LogitHistogram.Bins, 1, 1)] }), "expected bins from 0 to 262143 in order, found 262144 behind -1");
        yield return (Metrics(new(1, 1, 0, 0, 1) { Bins = [(3, 1, 1), (3, 1, 1)] }), "found 3 behind 3");
        yield return (Metrics(new(1, 1, 0, 0, 1) { Bins = [(3, -1, 1)] }), "bin 3: expected weights of 0 or more, found -1 and 1");
        yield return (Right with { Batches = 0 }, "expected nothing judged before the epoch's first batch, found 2");
    }

    private static TrainingState History(EpochResult epoch) => Right with { History = [epoch] };

    private static TrainingState Learner(DiscriminatorLearnerState learner) => Right with { Learner = learner };

    private static TrainingState Metrics(BinaryMetricsState judged) => Right with { Metrics = judged };

    // After so many epochs, each better than the one before.
    private static TrainingState After(int epochs) => Right with
    {
        Epoch = epochs + 1,
        Batches = 0,
        History = [.. Enumerable.Range(1, epochs).Select(epoch => new EpochResult(epoch, 3, Figures with { Loss = 1.0 / epoch }, null, 10, IsBest: true))],
        Metrics = new(0, 0, 0, 0, 0),
    };

    private static void Options(NextTokenDiscriminatorTrainer.Options options, string path) => (options.CheckpointPath, options.MaxTokens) = (path, TokenRow.Tokens);

    private static NextTokenDiscriminatorScorer Fit(string path)
    {
        var context = new MLContext(seed: 1);
        return Trainers.Small(context, options => Options(options, path)).Fit(Trainers.Transformed(context, Samples.View(context, 40)));
    }
}
