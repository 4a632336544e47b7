using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>All ways to serve rows of one shape, the mask column included, measured together.</summary>
internal sealed class ShapeRace
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

    // Where buffers happen to lie decides how fast a processor copies from one to the other, by a tenth and more. Every
    // sitting has buffers of its own.
    private const int Sittings = 6;

    private const int Cursors = 2;

    private readonly Race _race = new();

    private ShapeRace(Shape shape) => Shape = shape;

    public Shape Shape { get; }

    /// <summary>Everyone's name, the floor first.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>Measures, for about so long.</summary>
    public static ShapeRace Run(Shape shape, TimeSpan budget)
    {
        var shapeRace = new ShapeRace(shape);
        for (var sitting = 0; sitting < Sittings; sitting++)
        {
            var contestants = Make(shape);
            shapeRace.Names = [.. contestants.Select(contestant => contestant.Name)];
            shapeRace._race.Sit(contestants, budget / Sittings);
            contestants.ForEach(contestant => contestant.Dispose());
        }

        return shapeRace;
    }

    /// <summary>The median time of a row, in nanoseconds.</summary>
    public double Nanoseconds(string contestant) => _race.Nanoseconds(contestant);

    /// <summary>How many times as long as another a contestant takes for a row.</summary>
    public double Ratio(string contestant, string other) => _race.Ratio(contestant, other);

    private static List<Contestant> Make(Shape shape)
    {
        var input = new SequenceView(shape);
        var split = new SequenceView(shape) { Cursors = Cursors };
        var outputs = new Outputs();
        return
        [
            new Floor(Floor, input, shape, outputs),
            new CursorDrain(Managed, Stages.Transform(input, shape, EngineKind.Managed), outputs),
            new SideBySide(
                ParallelFloor, split.GetRowCursorSet(split.Schema, Cursors), cursor => new Floor(ParallelFloor, cursor, shape, new Outputs())),
            CursorDrain.Set(ParallelManaged, Stages.Transform(split, shape, EngineKind.Managed), Cursors),
            new CursorDrain(TorchBlocks, Stages.Transform(input, shape, EngineKind.Torch), outputs, Stages.BlockRows(shape)),
            new CursorDrain(TorchRows, Stages.Transform(input, shape, EngineKind.Torch, batchSize: 1), outputs),
            Mapping(Arrays, CustomMappings.Arrays(input, shape), outputs),
            Mapping(SharedMask, CustomMappings.SharedMask(input, shape), outputs),
            Mapping(Module, CustomMappings.Module(input, shape), outputs),
        ];
    }

    // A set of one cursor works in the caller's thread. Asked for a single cursor, ML.NET splits a mapping's input among
    // threads that work ahead, which would be ahead of the clock too.
    private static CursorDrain Mapping(string name, IDataView view, Outputs outputs) =>
        new(name, view.GetRowCursorSet(CursorDrain.Columns(view.Schema), n: 1).Single(), outputs);
}
