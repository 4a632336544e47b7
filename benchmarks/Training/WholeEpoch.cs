using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Fit of one epoch: rows come through the stage, are read, packed, trained on and counted.</summary>
internal sealed class WholeEpoch : Contestant
{
    /// <summary>Batches an epoch: the first weights and the last copy count for little.</summary>
    public const int Batches = 32;

    private readonly IDataView _rows;
    private readonly NextTokenDiscriminatorTrainer _trainer;
    private readonly TrainingCase _one;

    public WholeEpoch(string name, TrainingCase one)
        : base(name)
    {
        _one = one;
        var context = new MLContext(seed: 1);
        var random = new Random(1);
        var input = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, one.Rows * Batches).Select(i => new Row { Previous = Draw(random), Current = Draw(random), Label = i % 2 == 0 }).ToArray());
        _rows = context.Transforms.NextTokenDiscriminator(
            "Combined", "Mask", nameof(Row.Previous), nameof(Row.Current), one.Dimension, one.Tokens).Fit(input).Transform(input);
        _trainer = context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            MaxTokens = one.Tokens,
            ModelDimension = one.Dimension,
            Heads = TrainingCase.Heads,
            Layers = TrainingCase.Layers,
            Dropout = 0,
            Epochs = 1,
            BatchSize = one.Rows,
            ValidationFraction = 0,
        });
    }

    public override int Stride => _one.Rows * Batches;

    public override void Run(int rows)
    {
        for (var done = 0; done < rows; done += Stride)
            _trainer.Fit(_rows).Dispose();
    }

    public override void Dispose()
    {
    }

    private float[] Draw(Random random)
    {
        var values = new float[_one.Tokens * _one.Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return values;
    }

    private sealed class Row
    {
        public float[] Previous { get; set; } = [];

        public float[] Current { get; set; } = [];

        public bool Label { get; set; }
    }
}

/// <summary>As many steps as an epoch has, on tensors that lie ready.</summary>
internal sealed class StepsOfAnEpoch(string name, TrainingCase one) : Contestant(name)
{
    private readonly TrainingContestant _steps = TrainingContestant.Of(TrainingContestant.Ours, one, scores: false);

    public override int Stride => one.Rows * WholeEpoch.Batches;

    public override void Run(int rows) => _steps.Run(rows);

    public override void Dispose() => _steps.Dispose();
}
