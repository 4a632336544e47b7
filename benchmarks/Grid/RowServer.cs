using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>The base class of benchmarks that read rows: keeps endless cursors with warm buffers open.</summary>
public abstract class RowServer
{
    /// <summary>The rows of one call, a multiple of most block sizes. Results are reported per row.</summary>
    public const int Rows = 1024;

    private readonly List<Implementation> _open = [];

    [GlobalCleanup]
    public void Close() => _open.ForEach(implementation => implementation.Dispose());

    internal Implementation Open(IDataView view)
    {
        var drain = new CursorDrain("benchmark", view, new Outputs());
        _open.Add(drain);
        return drain;
    }

    internal Implementation OpenParallel(IDataView view, int cursors)
    {
        var drain = CursorDrain.Set("benchmark", view, cursors, () => new Outputs());
        _open.Add(drain);
        return drain;
    }
}
