using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Compares all implementations on rows of one shape, with the mask column.</summary>
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

    // The addresses of two buffers change the speed of a copy between them by 10% and more, so each session allocates new buffers.
    private const int Sessions = 6;

    private const int Cursors = 2;

    private readonly Comparison _comparison = new();

    private ShapeComparison(Shape shape) => Shape = shape;

    public Shape Shape { get; }

    /// <summary>The names of all implementations, the floor first.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>Measures for about the given time.</summary>
    public static ShapeComparison Run(Shape shape, TimeSpan budget)
    {
        var result = new ShapeComparison(shape);
        for (var session = 0; session < Sessions; session++)
        {
            var implementations = Make(shape);
            result.Names = [.. implementations.Select(implementation => implementation.Name)];
            result._comparison.Measure(implementations, budget / Sessions);
            implementations.ForEach(implementation => implementation.Dispose());
        }

        return result;
    }

    /// <summary>Gets the median time per row, in nanoseconds.</summary>
    public double Nanoseconds(string implementation) => _comparison.Nanoseconds(implementation);

    /// <summary>Gets the time per row of an implementation, in multiples of another's.</summary>
    public double Ratio(string implementation, string other) => _comparison.Ratio(implementation, other);

    private static List<Implementation> Make(Shape shape)
    {
        var input = new SequenceView(shape);
        var split = new SequenceView(shape) { Cursors = Cursors };
        var outputs = new Outputs();
        return
        [
            new CopyBaseline(Floor, input, shape, outputs),
            new CursorDrain(Managed, Transforms.Transform(input, shape, EngineKind.Managed), outputs),
            new ParallelReaders(
                ParallelFloor, split.GetRowCursorSet(split.Schema, Cursors), cursor => new CopyBaseline(ParallelFloor, cursor, shape, new Outputs())),
            CursorDrain.Set(ParallelManaged, Transforms.Transform(split, shape, EngineKind.Managed), Cursors),
            new CursorDrain(TorchBlocks, Transforms.Transform(input, shape, EngineKind.Torch), outputs, Transforms.BlockRows(shape)),
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
