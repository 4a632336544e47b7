using System.Text;

namespace MlNetNtd.Fuzz;

/// <summary>A checkpoint, as a training loop goes on from it.</summary>
internal sealed class CheckpointTarget : FuzzTarget
{
    private readonly string _path = Scratch.NewPath();

    public override string Name => "checkpoint";

    public override IReadOnlyList<byte[]> Corpus { get; } = [Written(new State()), Written(Full())];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[]
        {
            "\"Identity\":", "\"Lengths\":", "\"State\":", "\"Steps\":", "\"Weights\":", "\"Mean\":", "[", "]", "{", "}", ",", ":", "null", "\"NaN\"", "\"a\"", "0",
            "-1", "2147483647", "2147483648", "1e400", "[\"seed\",\"1\"],", "[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "\"\\ud800\"",
        }.Select(Encoding.UTF8.GetBytes),
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
            CheckReleased();
            File.Delete(_path);
        }
    }

    private byte[] Again()
    {
        using (var checkpoint = new TrainingCheckpoint<State>(_path, TrainingCheckpoint.ReadFingerprint(_path)))
            checkpoint.Write(checkpoint.Read() ?? throw new FindingException("what is there is not there"));
        return File.ReadAllBytes(_path);
    }

    private void CheckReleased()
    {
        if (File.Exists($"{_path}.lock"))
            throw new FindingException("the lock was left");
    }

    private static State Full() => new()
    {
        Step = 3,
        Losses = [0.5, double.NaN],
        Learner = new DiscriminatorLearnerState
        {
            Steps = 4,
            Passes = 5,
            OptimizerSteps = 4,
            Weights = new Dictionary<string, float[]> { ["a"] = [1, 2, 3], ["b"] = [] },
            Mean = [0.5f, -0f],
            Square = [float.NaN, float.MaxValue],
        },
        Other = [[1], [2, 3]],
    };

    private static byte[] Written(State state) => CheckpointBytes.Written(path =>
    {
        using var checkpoint = new TrainingCheckpoint<State>(path, [new("seed", "1"), new("data", "a book")]);
        checkpoint.Write(state);
    });

    private sealed record State
    {
        public int Step { get; init; }

        public double[] Losses { get; init; } = [];

        public DiscriminatorLearnerState? Learner { get; init; }

        public float[][] Other { get; init; } = [];
    }
}
