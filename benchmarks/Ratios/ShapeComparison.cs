using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// Compares all implementations on rows of one shape, with the mask column, in several placements of the buffers. The fastest round of
/// each implementation in its fastest placement counts.
/// </summary>
internal sealed class ShapeComparison
{
    public const string Floor = "floor";
    public const string Managed = "managed";
    public const string ParallelFloor = "floor, 2 threads";
    public const string ParallelManaged = "managed, 2 cursors";
    public const string TorchBlocks = "Torch, blocks";
    public const string TorchRows = "Torch, row by row";
    public const string Arrays = "CustomMapping, arrays";
    public const string SharedMask = "CustomMapping, arrays, mask made once";
    public const string Module = "CustomMapping, module";

    private const int Placements = 8;
    private const int Cursors = 2;

    // One per placement.
    private readonly List<Comparison> _comparisons = [];

    private ShapeComparison(Shape shape) => Shape = shape;

    public Shape Shape { get; }

    /// <summary>The names of all implementations, the floor first.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>Measures for about the given time.</summary>
    public static ShapeComparison Run(Shape shape, TimeSpan budget)
    {
        var result = new ShapeComparison(shape);
        for (var index = 0; index < Placements; index++)
        {
            var placement = index == 0 ? Placement.BackToBack() : Placement.Shuffle(seed: index);
            var implementations = Create(shape, placement);
            result.Names = [.. implementations.Select(implementation => implementation.Name)];
            var comparison = new Comparison();
            comparison.Measure(implementations, budget / Placements);
            implementations.ForEach(implementation => implementation.Dispose());
            GC.KeepAlive(placement);
            result._comparisons.Add(comparison);
        }

        return result;
    }

    /// <summary>Gets the time per row in the fastest placement, in nanoseconds.</summary>
    public double Nanoseconds(string implementation) => Times(implementation).Min();

    /// <summary>Gets the time per row of an implementation, in multiples of another's, each in its fastest placement.</summary>
    public double Ratio(string implementation, string other) => Nanoseconds(implementation) / Nanoseconds(other);

    /// <summary>Gets the time per row of an implementation in its slowest placement, in multiples of its fastest.</summary>
    public double Spread(string implementation) => Times(implementation).Max() / Times(implementation).Min();

    // The time of the fastest round in each placement.
    private IEnumerable<double> Times(string implementation) =>
        _comparisons.Select(comparison => comparison.FastestNanoseconds(implementation));

    private static List<Implementation> Create(Shape shape, Placement placement)
    {
        placement.MoveNext();
        var input = new SequenceView(shape);
        var split = new SequenceView(shape) { Cursors = Cursors };
        var outputs = placement.CreateOutputs(shape);
        var block = Transforms.BlockRows(shape);
        return
        [
            new CopyBaseline(Floor, input, shape, outputs),
            new CursorDrain(Managed, Transforms.Transform(input, shape, EngineKind.Managed), outputs),
            new ParallelReaders(
                ParallelFloor, split.GetRowCursorSet(split.Schema, Cursors),
                cursor => new CopyBaseline(ParallelFloor, cursor, shape, placement.CreateOutputs(shape))),
            CursorDrain.Set(
                ParallelManaged, Transforms.Transform(split, shape, EngineKind.Managed), Cursors, () => placement.CreateOutputs(shape)),
            new CursorDrain(TorchBlocks, Transforms.Transform(input, shape, EngineKind.Torch, block), outputs, block),
            new CursorDrain(TorchRows, Transforms.Transform(input, shape, EngineKind.Torch, batchSize: 1), outputs),
            Mapping(Arrays, CustomMappings.Arrays(input, shape), outputs),
            Mapping(SharedMask, CustomMappings.SharedMask(input, shape), outputs),
            Mapping(Module, CustomMappings.Module(input, shape), outputs),
        ];
    }

    // A set of one cursor runs on the caller's thread. For a single cursor, ML.NET splits a mapping's input among threads that
    // prefetch, and would do work before the clock starts.
    private static CursorDrain Mapping(string name, IDataView view, Outputs outputs) =>
        new(name, view.GetRowCursorSet(CursorDrain.Columns(view.Schema), n: 1).Single(), outputs);
}
