using System.Text;

namespace MlNetNtd.Fuzz;

/// <summary>The trainer's own checkpoint, as <c>Fit</c> goes on from it: what passes is a state that a training can be in.</summary>
internal sealed class TrainingTarget : FuzzTarget
{
    private static readonly DiscriminatorConfig Shape = new DiscriminatorConfig
    {
        EmbeddingDimension = 1,
        MaxTokens = 2,
        ModelDimension = 2,
        Heads = 1,
        Layers = 1,
        FeedForwardDimension = 1,
    }.Resolve();

    private static readonly TrainingStateValidator Bounds = new(Shape, Epochs: 3, Batches: 5, Skips: 2, Validates: true);
    private static readonly CheckpointFingerprint Identity = new([("seed", "1")]);

    private readonly string _path = Scratch.NewPath();

    public override string Name => "training";

    public override IReadOnlyList<byte[]> Corpus { get; } = [Written(First()), Written(Within()), Written(Within() with { Metrics = Binned() }), Written(Over())];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[]
        {
            "\"Epoch\":", "\"Batches\":", "\"Seconds\":", "\"Skipped\":", "\"History\":", "\"Learner\":", "\"Best\":", "\"Metrics\":", "\"Training\":", "\"Validation\":",
            "\"Scores\":", "\"BinWords\":", "\"Lengths\":", "\"head.bias\":", "[", "]", "{", "}", ",", ":", "null", "[null]", "\"NaN\"", "\"Infinity\"", "0", "1", "-1", "4",
            "2147483647", "1e400", "true", "false",
        }.Select(Encoding.UTF8.GetBytes),
        BitConverter.GetBytes(float.NaN), BitConverter.GetBytes(float.PositiveInfinity), BitConverter.GetBytes(-1f), BitConverter.GetBytes(int.MinValue),
    ];

    public override byte[] Mutate(Mutator mutator) => CheckpointBytes.Mutate(mutator, Corpus);

    public override bool IsDocumented(Exception exception) => exception is FormatException;

    public override void Read(byte[] input)
    {
        try
        {
            File.WriteAllBytes(_path, input);
            var first = Again();
            if (!first.AsSpan().SequenceEqual(Again()))
                throw new FindingException("what was read, written, read and written is not the same");
        }
        finally
        {
            File.Delete(_path);
        }
    }

    private byte[] Again()
    {
        var content = CheckpointFile.Read(_path);
        var state = content.ReadState<TrainingState>();
        if (Bounds.FindProblem(state) is { } problem)
            throw LoadedCheckpoint.Problem(_path, problem);
        Use(state);
        CheckpointFile.Write(_path, content.Fingerprint, state);
        return File.ReadAllBytes(_path);
    }

    // What a training does with it, but for the steps.
    private static void Use(TrainingState state)
    {
        var tally = new BinaryMetricsAccumulator(maxExactScores: 4);
        tally.Add(state.Metrics);
        tally.Add(0.5f, label: true);
        _ = tally.GetMetrics();
        if (tally.Count != state.Metrics.Count + 1)
            throw new FindingException($"{state.Metrics.Count} judged, and one more, are {tally.Count}");
        if (state.Epoch > 1 && state.Best.Count == 0)
            throw new FindingException("an epoch is over and there are no best weights");
        foreach (var parameter in Shape.Parameters())
        {
            if (state.Learner!.Weights[parameter.Name].Length != parameter.Count || (state.Epoch > 1 && !state.Best[parameter.Name].All(float.IsFinite)))
                throw new FindingException($"'{parameter.Name}' is not as the network has it");
        }

        using var csv = new StringWriter();
        state.History.WriteCsv(csv);
        _ = state.History.Min(epoch => (double?)epoch.MonitoredLoss);
        _ = string.Join('\n', state.History);
        _ = new DiscriminatorLearnerOptions { WarmupSteps = 2, TotalSteps = 15 }.GetLearningRate(state.Learner!.Steps);
    }

    private static byte[] Written(TrainingState state) => CheckpointBytes.Written(path => CheckpointFile.Write(path, Identity, state));

    private static TrainingState First() => new() { Learner = Learner(0) };

    private static TrainingState Within() => new()
    {
        Epoch = 2,
        Batches = 3,
        Seconds = 1.5,
        Skipped = 1,
        History = [Epoch(1)],
        Learner = Learner(7),
        Best = Weights(),
        Metrics = new BinaryMetricsState(2, 1, 0.5, 1, 2) { Scores = [0.5f, 1, 1, -0.25f, 0, 1] },
    };

    private static TrainingState Over() => Within() with
    {
        Epoch = 4,
        Batches = 0,
        History = [Epoch(1), Epoch(2), Epoch(3)],
        Metrics = new(0, 0, 0, 0, 0),
    };

    private static BinaryMetricsState Binned() => new(5, 2, 0.5, 1, 3) { Bins = [(7, 0, 1), (9, 2, 0)] };

    private static EpochResult Epoch(int number) => new(number, 3, new(0.5, 0.75, double.NaN), new(1.0 / number, 1, 0.5) { AreaUnderRocCurveError = 1e-6 }, 10, IsBest: true);

    private static DiscriminatorLearnerState Learner(int steps) => new()
    {
        Steps = steps,
        Passes = steps + 1,
        OptimizerSteps = steps,
        Weights = Weights(),
        Mean = new float[Shape.GetFlatLength()],
        Square = new float[Shape.GetFlatLength()],
    };

    private static IReadOnlyDictionary<string, float[]> Weights() => StateDictionary.Initialize(Shape, seed: 1).Values;
}
