using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The estimator meets the expectations of ML.NET with every option and both engines.</summary>
[TestClass]
public sealed class EstimatorChecklistTests
{
    private const int Dimension = 3;
    private const int Tokens = 4;

    // A reduced run checks each configuration with one of the engines; each value of an option meets both.
    public static IEnumerable<object[]> Cases =>
        from engine in new[] { EngineKind.Managed, EngineKind.Torch }
        from one in Configurations.Keys.Select((name, index) => (Name: name, Index: index))
        where TestRun.IsFull || (BitOperations.PopCount((uint)one.Index) % 2 == 0) == (engine == EngineKind.Managed)
        select new object[] { one.Name, engine };

    private static Dictionary<string, Action<NextTokenDiscriminatorEstimator.Options>> Configurations { get; } = new(
        Layouts.Concat(
        [
            new("defaults", _ => { }),
            new("initial embedding", options => options.InitialEmbedding = [1, -2, 0.5f]),
            new("in place of an input", options => options.OutputColumnName = Views.Previous),
            new("blocks of two", options => options.BatchSize = 2),
            new("blocks of three, with everything", options =>
            {
                options.TokenCountColumnName = "Tokens";
                options.MaskKind = MaskKind.Additive;
                (options.PadToMaxTokens, options.MaxTokens) = (true, Tokens + 2);
                options.InitialEmbedding = [1, -2, 0.5f];
                options.BatchSize = 3;
            }),
        ]));

    // Every kind of mask, as a column or as an annotation only, with and without padding and token counts.
    private static IEnumerable<KeyValuePair<string, Action<NextTokenDiscriminatorEstimator.Options>>> Layouts =>
        from kind in Enum.GetValues<MaskKind>()
        from mask in new[] { "Mask", null }
        from padded in new[] { false, true }
        from count in new[] { null, "Tokens" }
        select KeyValuePair.Create<string, Action<NextTokenDiscriminatorEstimator.Options>>(
            $"{kind}, {(mask is null ? "annotation only" : "mask column")}{(padded ? ", padded" : "")}{(count is null ? "" : ", token count")}",
            options =>
            {
                (options.MaskKind, options.MaskColumnName, options.TokenCountColumnName) = (kind, mask, count);
                (options.PadToMaxTokens, options.MaxTokens) = (padded, padded ? Tokens + 2 : null);
            });

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Rows_of_known_size_pass_the_checklist(string configuration, EngineKind engine) =>
        Checklist(configuration, engine).Holds(Known());

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Rows_of_any_size_pass_the_checklist(string configuration, EngineKind engine) =>
        Checklist(configuration, engine).Holds(Unknown());

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Rows_from_memory_pass_the_checklist(string configuration, EngineKind engine)
    {
        var rows = Sequences.Mixed(20, Tokens, Dimension)
            .Select((pair, i) => new UnsizedRow { PreviousEmbeddings = pair.Previous, CurrentEmbeddings = pair.Current, Number = i });
        Checklist(configuration, engine).Holds(new MLContext().Data.LoadFromEnumerable(rows));
    }

    [TestMethod]
    public void Invalid_input_is_refused_by_shape_by_fit_and_by_the_transformer()
    {
        var checklist = Checklist("defaults", EngineKind.Managed);
        var single = new VectorDataViewType(NumberDataViewType.Single, Tokens, Dimension);
        var values = new float[Tokens * Dimension];

        // A column is missing.
        checklist.Refuses(new TestView(2).Vector(Views.Previous, single, _ => values), Known());
        checklist.Refuses(new TestView(2).Vector(Views.Current, single, _ => values), Known());
        // Items of another type.
        checklist.Refuses(WithCurrent(new VectorDataViewType(NumberDataViewType.Double, Tokens, Dimension), new double[values.Length]), Known());
        checklist.Refuses(WithCurrent(new VectorDataViewType(BooleanDataViewType.Instance), new bool[values.Length]), Known());
        checklist.Refuses(WithCurrent(new VectorDataViewType(TextDataViewType.Instance, 12), new ReadOnlyMemory<char>[values.Length]), Known());
        checklist.Refuses(WithCurrent(new VectorDataViewType(new KeyDataViewType(typeof(uint), 5), 12), new uint[values.Length]), Known());
        // No vector.
        checklist.Refuses(
            new TestView(2).Vector(Views.Previous, single, _ => values).Scalar(Views.Current, NumberDataViewType.Single, _ => 1f), Known());

        static TestView WithCurrent<T>(VectorDataViewType type, T[] items) => Views
            .Known(Sequences.Pairs(2, Tokens, Dimension), Tokens, Dimension)
            .Vector(Views.Current, type, _ => items);
    }

    [TestMethod]
    public void Impossible_sizes_are_refused_by_fit_and_transformer()
    {
        var checklist = Checklist("defaults", EngineKind.Managed);
        // No multiple of C.
        checklist.RefusesToFit(OfSizes(7, 7), Known());
        // Another T on each side.
        checklist.RefusesToFit(OfSizes(6, 9), Known());
        // Another C.
        checklist.RefusesToFit(Views.Known(Sequences.Pairs(2, Tokens, 4), Tokens, 4), Known());

        static TestView OfSizes(int previous, int current) => new TestView(2)
            .Vector(Views.Previous, new VectorDataViewType(NumberDataViewType.Single, previous), _ => new float[previous])
            .Vector(Views.Current, new VectorDataViewType(NumberDataViewType.Single, current), _ => new float[current]);
    }

    [TestMethod]
    public void Longer_sequence_than_the_one_fitted_on_is_refused_by_the_transformer_only() =>
        Checklist("defaults", EngineKind.Managed)
            .FitsButRefuses(Views.Known(Sequences.Pairs(2, Tokens + 1, Dimension), Tokens + 1, Dimension), Known());

    private static EstimatorChecklist Checklist(string configuration, EngineKind engine)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Dimension, Engine = engine };
        Configurations[configuration](options);
        return new EstimatorChecklist(new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options));
    }

    private static TestView Known() => Parallel(Sequences.Pairs(30, Tokens, Dimension), Tokens);

    private static TestView Unknown() => Parallel(Sequences.Mixed(30, Tokens, Dimension), tokens: null);

    private static TestView Parallel(SequencePair[] rows, int? tokens)
    {
        var type = tokens is { } known
            ? new VectorDataViewType(NumberDataViewType.Single, known, Dimension)
            : new VectorDataViewType(NumberDataViewType.Single);
        return new TestView(rows.Length) { MaxCursors = 3 }
            .Vector(Views.Previous, type, row => rows[row].Previous, sparse: true)
            .Vector(Views.Current, type, row => rows[row].Current)
            .WithEveryKindOfColumn();
    }
}
