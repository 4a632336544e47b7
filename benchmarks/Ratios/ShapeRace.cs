#if REAL_PACKAGES
using Microsoft.ML;
#endif

namespace MlNetNtd.Benchmarks;

/// <summary>All ways to serve rows of one shape, the mask column included, measured together.</summary>
internal sealed class ShapeRace : IDisposable
{
    private readonly List<Contestant> _all = [];
    private readonly Race _race;

    public ShapeRace(Shape shape)
    {
        Shape = shape;
        var input = new SequenceView(shape);
        var split = new SequenceView(shape) { Cursors = 2 };
        var outputs = new Outputs();

        var block = Stages.BlockRows(shape);
        Floor = Add(new Floor(input, shape, outputs));
        Managed = Add(new CursorDrain("managed", Stages.Transform(input, shape, EngineKind.Managed), outputs));
        Parallel = Add(new ParallelDrain("managed, 2 cursors", Stages.Transform(split, shape, EngineKind.Managed), cursors: 2));
        TorchBlocks = Add(new CursorDrain(
            "Torch, blocks", Stages.Transform(input, shape, EngineKind.Torch), outputs, block));
        TorchRows = Add(new CursorDrain(
            "Torch, row by row", Stages.Transform(input, shape, EngineKind.Torch, batchSize: 1), outputs));
#if REAL_PACKAGES
        _module = new NextTokenDiscriminator(shape.Dimension, shape.Tokens);
        Arrays = Add(Mapping("CustomMapping, arrays", CustomMappings.Arrays(input, shape), outputs));
        SharedMask = Add(Mapping("CustomMapping, arrays, mask made once", CustomMappings.SharedMask(input, shape), outputs));
        Module = Add(Mapping("CustomMapping, module", CustomMappings.Module(input, shape, _module), outputs));
#endif
        _race = new Race(_all);
    }

    public Shape Shape { get; }

    public IReadOnlyList<Contestant> All => _all;

    public Contestant Floor { get; }

    public Contestant Managed { get; }

    public Contestant Parallel { get; }

    public Contestant TorchBlocks { get; }

    public Contestant TorchRows { get; }

#if REAL_PACKAGES
    private readonly NextTokenDiscriminator _module;

    public Contestant Arrays { get; }

    public Contestant SharedMask { get; }

    public Contestant Module { get; }

    // A set of one cursor works in the caller's thread. Asked for a single cursor, ML.NET splits a mapping's input among
    // threads that work ahead, which would be ahead of the clock too.
    private static CursorDrain Mapping(string name, IDataView view, Outputs outputs) =>
        new(name, view.GetRowCursorSet(CursorDrain.Columns(view.Schema), n: 1).Single(), outputs);
#endif

    /// <summary>Measures, for about so long.</summary>
    public void Run(TimeSpan budget) => _race.Run(budget);

    /// <summary>The median time of a row, in nanoseconds.</summary>
    public double Nanoseconds(Contestant contestant) => _race.Nanoseconds(contestant);

    /// <summary>How many times as long as another a contestant takes for a row.</summary>
    public double Ratio(Contestant contestant, Contestant other) => _race.Ratio(contestant, other);

    public void Dispose()
    {
        _all.ForEach(contestant => contestant.Dispose());
#if REAL_PACKAGES
        _module.Dispose();
#endif
    }

    private Contestant Add(Contestant contestant)
    {
        _all.Add(contestant);
        return contestant;
    }
}
