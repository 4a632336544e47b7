using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Runs Fit for one epoch: the transform, reading, packing, training and metrics.</summary>
internal sealed class WholeEpoch : Implementation
{
    /// <summary>The number of batches in an epoch, large enough that creating and copying the weights costs little in comparison.</summary>
    public const int Batches = 32;

    private readonly IDataView _rows;
    private readonly NextTokenDiscriminatorTrainer _trainer;
    private readonly TrainingCase _one;

    public WholeEpoch(string name, TrainingCase one)
        : base(name)
    {
        _one = one;
        var context = new MLContext(seed: 1);
        _rows = View(context, one);
        _trainer = Trainer(context, one, epochs: 1);
    }

    /// <summary>Creates a view of the rows of an epoch with the columns of the transform.</summary>
    public static IDataView View(MLContext context, TrainingCase one)
    {
        var random = new Random(1);
        var input = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, one.Rows * Batches).Select(i => new Row { Previous = Draw(), Current = Draw(), Label = i % 2 == 0 }).ToArray());
        return context.Transforms.NextTokenDiscriminator(
            "Combined", "Mask", nameof(Row.Previous), nameof(Row.Current), one.Dimension, one.Tokens).Fit(input).Transform(input);

        float[] Draw()
        {
            var values = new float[one.Tokens * one.Dimension];
            for (var i = 0; i < values.Length; i++)
                values[i] = 2 * random.NextSingle() - 1;
            return values;
        }
    }

    /// <summary>Creates a trainer of the case's sizes.</summary>
    public static NextTokenDiscriminatorTrainer Trainer(MLContext context, TrainingCase one, int epochs, IProcessGroup? processes = null) =>
        context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            MaxTokens = one.Tokens,
            ModelDimension = one.Dimension,
            Heads = TrainingCase.Heads,
            Layers = TrainingCase.Layers,
            Dropout = 0,
            Epochs = epochs,
            BatchSize = one.Rows,
            ValidationFraction = 0,
            ProcessGroup = processes,
        });

    public override int Stride => _one.Rows * Batches;

    public override void Run(int rows)
    {
        for (var done = 0; done < rows; done += Stride)
            _trainer.Fit(_rows).Dispose();
    }

    public override void Dispose()
    {
    }

    private sealed class Row
    {
        public float[] Previous { get; set; } = [];

        public float[] Current { get; set; } = [];

        public bool Label { get; set; }
    }
}

/// <summary>Runs the number of steps in an epoch on prepared tensors.</summary>
internal sealed class StepsOfAnEpoch(string name, TrainingCase one) : Implementation(name)
{
    private readonly TrainingImplementation _steps = TrainingImplementation.Of(TrainingImplementation.Ours, one, scores: false);

    public override int Stride => one.Rows * WholeEpoch.Batches;

    public override void Run(int rows) => _steps.Run(rows);

    public override void Dispose() => _steps.Dispose();
}
