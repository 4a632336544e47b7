using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Reads the cursors of a set, each on a thread of its own that lives as long as this does.</summary>
internal sealed class ParallelDrain : Contestant
{
    private readonly CursorDrain[] _drains;
    private readonly Thread[] _threads;
    private readonly Barrier _barrier;
    private volatile int _rows;

    public ParallelDrain(string name, IDataView view, int cursors)
        : base(name)
    {
        var set = view.GetRowCursorSet(CursorDrain.Columns(view.Schema), cursors);
        if (set.Length != cursors)
            throw new InvalidOperationException($"Expected {cursors} cursors, found {set.Length}.");
        _drains = Array.ConvertAll(set, cursor => new CursorDrain(name, cursor, new Outputs()));
        _barrier = new Barrier(cursors);
        _threads = [.. _drains.Skip(1).Select(drain => new Thread(() => Work(drain)) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    public override int Stride => _drains.Length;

    // Next to this, waking the threads and waiting for the last of them is nothing.
    public override TimeSpan Turn => TimeSpan.FromMilliseconds(8);

    public override void Run(int rows)
    {
        _rows = rows / _drains.Length;
        _barrier.SignalAndWait();
        _drains[0].Run(_rows);
        _barrier.SignalAndWait();
    }

    public override void Dispose()
    {
        _rows = 0;
        _barrier.SignalAndWait();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var drain in _drains)
            drain.Dispose();
        _barrier.Dispose();
    }

    private void Work(CursorDrain drain)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_rows == 0)
                return;
            drain.Run(_rows);
            _barrier.SignalAndWait();
        }
    }
}
