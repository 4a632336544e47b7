using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>The trainer meets the expectations of ML.NET of an estimator, with every kind of column and mask.</summary>
[TestClass]
public sealed class TrainerChecklistTests
{
    private const int Dimension = 4;
    private const int Tokens = 3;
    private const int Rows = 22;

    // What another order of sums makes of a logit.
    private const double Tolerance = 1e-4;

    public static IEnumerable<object[]> Cases => Configurations.Keys.Select(name => new object[] { name });

    private static Dictionary<string, (Action<NextTokenDiscriminatorEstimator.Options> Stage, Action<Options> Trainer)> Configurations { get; } = new()
    {
        ["defaults"] = (_ => { }, _ => { }
        ),
        ["allowed mask"] = (stage => stage.MaskKind = MaskKind.Allowed, trainer => trainer.MaskKind = MaskKind.Allowed),
        ["additive mask"] = (stage => stage.MaskKind = MaskKind.Additive, trainer => trainer.MaskKind = MaskKind.Additive),
        ["token count"] = (stage => stage.TokenCountColumnName = "Tokens", trainer => trainer.TokenCountColumnName = "Tokens"),
        ["padding"] = (Pad, _ => { }
        ),
        ["padding, additive mask, token count"] = (
            stage =>
            {
                Pad(stage);
                (stage.MaskKind, stage.TokenCountColumnName) = (MaskKind.Additive, "Tokens");
            },
            trainer => (trainer.MaskKind, trainer.TokenCountColumnName) = (MaskKind.Additive, "Tokens")),
        ["label per token"] = (_ => { }, trainer => trainer.LabelColumnName = "TokenLabels"),
        ["label per token, padding"] = (Pad, trainer => trainer.LabelColumnName = "TokenLabels"),
        ["example weights"] = (_ => { }, trainer => trainer.ExampleWeightColumnName = "Weight"),
        ["a row at a time"] = (_ => { }, trainer => (trainer.BatchSize, trainer.Epochs) = (1, 1)),
        ["everything else"] = (
            _ => { },
            trainer =>
            {
                trainer.LearnInitialEmbedding = true;
                (trainer.ModelDimension, trainer.Heads, trainer.Layers, trainer.Dropout) = (6, 2, 2, 0.1);
                (trainer.MaxTokens, trainer.ValidationFraction, trainer.BatchSize) = (Tokens + 4, 0.2, 5);
            }
        ),
    };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Rows_of_known_size_pass_the_checklist(string configuration) => Checklist(configuration).Holds(Transformed(configuration, Input(known: true)));

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Rows_of_any_size_pass_the_checklist(string configuration) => Checklist(configuration).Holds(Transformed(configuration, Input(known: false)));

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Rows_from_memory_pass_the_checklist(string configuration)
    {
        var rows = Samples.Free(20, Tokens).ConvertAll(row => new TrainingRow
        {
            PreviousEmbeddings = row.PreviousEmbeddings[..(row.PreviousEmbeddings.Length / Samples.Dimension * Dimension)],
            CurrentEmbeddings = row.CurrentEmbeddings[..(row.CurrentEmbeddings.Length / Samples.Dimension * Dimension)],
            Label = row.Label,
            TokenLabels = row.TokenLabels,
            Number = row.Number,
            Weight = row.Number % 3,
        });
        Checklist(configuration).Holds(Transformed(configuration, new MLContext().Data.LoadFromEnumerable(rows)));
    }

    [TestMethod]
    public void Mask_in_an_annotation_passes_the_checklist()
    {
        foreach (var kind in Enum.GetValues<MaskKind>())
        {
            var stage = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Dimension, MaskColumnName = "", MaskKind = kind };
            var view = new MLContext(seed: 1).Transforms.NextTokenDiscriminator(stage).Fit(Input(known: true)).Transform(Input(known: true));
            new EstimatorChecklist(Trainer(options => (options.MaskColumnName, options.MaskKind) = ("", kind)), Tolerance).Holds(view);
        }
    }

    [TestMethod]
    public void Invalid_input_is_refused_by_schema_shape_fit_and_scorer()
    {
        var checklist = Checklist("token count");
        var valid = Transformed("token count", Input(known: true));

        foreach (var missing in new[] { "Combined", "Mask", "Tokens" })
            checklist.Refuses(Without(valid, missing), valid);
        checklist.Refuses(With(valid, "Combined", NumberDataViewType.Single, 1f), valid);
        checklist.Refuses(With(valid, "Combined", new VectorDataViewType(NumberDataViewType.Double, 2 * Tokens, Dimension), default(VBuffer<double>)), valid);
        checklist.Refuses(With(valid, "Combined", new VectorDataViewType(new KeyDataViewType(typeof(uint), 5), 24), default(VBuffer<uint>)), valid);
        checklist.Refuses(With(valid, "Mask", BooleanDataViewType.Instance, false), valid);
        checklist.Refuses(With(valid, "Mask", new VectorDataViewType(NumberDataViewType.Int32, 36), default(VBuffer<int>)), valid);
        checklist.Refuses(With(valid, "Tokens", NumberDataViewType.Int64, 1L), valid);
        checklist.Refuses(With(valid, "Tokens", new VectorDataViewType(NumberDataViewType.Int32, 2), default(VBuffer<int>)), valid);
    }

    [TestMethod]
    public void Invalid_training_column_is_refused_by_schema_shape_and_fit()
    {
        var checklist = Checklist("example weights");
        var valid = Transformed("example weights", Input(known: true));

        checklist.EstimatorRefuses(Without(valid, "Label"));
        checklist.EstimatorRefuses(With(valid, "Label", NumberDataViewType.Single, 1f));
        checklist.EstimatorRefuses(With(valid, "Label", new VectorDataViewType(NumberDataViewType.Single, Tokens), default(VBuffer<float>)));
        checklist.EstimatorRefuses(With(valid, "Label", new KeyDataViewType(typeof(uint), 2), 1u));
        checklist.EstimatorRefuses(Without(valid, "Weight"));
        checklist.EstimatorRefuses(With(valid, "Weight", NumberDataViewType.Double, 1.0));
        checklist.EstimatorRefuses(With(valid, "Weight", new VectorDataViewType(NumberDataViewType.Single, 2), default(VBuffer<float>)));
    }

    [TestMethod]
    public void Impossible_sizes_are_refused_by_fit_and_scorer()
    {
        var checklist = Checklist("defaults");
        var valid = Transformed("defaults", Input(known: true));

        // No two halves; a mask of another size.
        checklist.RefusesToFit(With(valid, "Combined", new VectorDataViewType(NumberDataViewType.Single, 3, Dimension), default(VBuffer<float>)), valid);
        checklist.RefusesToFit(With(valid, "Mask", new VectorDataViewType(BooleanDataViewType.Instance, 25), default(VBuffer<bool>)), valid);
    }

    private static void Pad(NextTokenDiscriminatorEstimator.Options options) => (options.PadToMaxTokens, options.MaxTokens) = (true, Tokens + 2);

    private static EstimatorChecklist Checklist(string configuration) => new(Trainer(Configurations[configuration].Trainer), Tolerance);

    private static NextTokenDiscriminatorTrainer Trainer(Action<Options> configure) => Trainers.Small(new MLContext(seed: 1), configure);

    private static IDataView Transformed(string configuration, IDataView input)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Dimension };
        Configurations[configuration].Stage(options);
        return new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options).Fit(input).Transform(input);
    }

    private static TestView Input(bool known)
    {
        var rows = known ? Sequences.Pairs(Rows, Tokens, Dimension) : Sequences.Mixed(Rows, Tokens, Dimension);
        var type = known ? new VectorDataViewType(NumberDataViewType.Single, Tokens, Dimension) : new VectorDataViewType(NumberDataViewType.Single);
        return new TestView(rows.Length) { MaxCursors = 3 }
            .Vector(Views.Previous, type, row => rows[row].Previous, sparse: true)
            .Vector(Views.Current, type, row => rows[row].Current)
            .Scalar("Label", BooleanDataViewType.Instance, row => row % 2 == 0)
            .Vector<bool>("TokenLabels", new VectorDataViewType(BooleanDataViewType.Instance), row => [.. Enumerable.Range(0, rows[row].Current.Length / Dimension).Select(t => (row + t) % 2 == 0)])
            .Scalar("Weight", NumberDataViewType.Single, row => (float)(row % 3))
            .WithEveryKindOfColumn();
    }

    private static IDataView Without(IDataView view, string column) => new MLContext().Transforms.DropColumns(column).Fit(view).Transform(view);

    private static IDataView With<T>(IDataView view, string column, DataViewType type, T value)
    {
        var context = new MLContext();
        var definition = SchemaDefinition.Create(typeof(Box<T>));
        definition[0].ColumnName = column;
        definition[0].ColumnType = type;
        return context.Transforms.CustomMapping<Numbered, Box<T>>((_, box) => box.Value = value, null, null, definition).Fit(view).Transform(view);
    }

    private sealed class Numbered
    {
        public int Number { get; set; }
    }

    private sealed class Box<T>
    {
        public T Value = default!;
    }
}
