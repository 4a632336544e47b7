using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>What benchmarks that read rows from cursors share: cursors that go on and on, in warm buffers.</summary>
public abstract class RowServer
{
    /// <summary>Rows of one call, so that results are times and bytes of one row. A multiple of most block sizes.</summary>
    public const int Rows = 1024;

    private readonly List<Contestant> _open = [];

    [GlobalCleanup]
    public void Close() => _open.ForEach(contestant => contestant.Dispose());

    internal Contestant Open(IDataView view)
    {
        var drain = new CursorDrain("benchmark", view, new Outputs());
        _open.Add(drain);
        return drain;
    }

    internal Contestant OpenParallel(IDataView view, int cursors)
    {
        var drain = CursorDrain.Set("benchmark", view, cursors);
        _open.Add(drain);
        return drain;
    }
}
