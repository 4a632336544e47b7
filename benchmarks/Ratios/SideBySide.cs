using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Several contestants at once, each on a thread of its own that lives as long as this does.</summary>
/// <remarks>
/// Whoever has served its share takes the next one, as ML.NET's own splitters hand out rows: otherwise what disturbs one
/// thread for a moment would count for all of them.
/// </remarks>
internal sealed class SideBySide : Contestant
{
    // So many a thread in a run that they end at about the same time.
    private const int Shares = 32;

    private readonly Contestant[] _parts;
    private readonly Thread[] _threads;
    private readonly Barrier _barrier;
    private int _share;
    private int _left;

    /// <summary>Reads the cursors of a set.</summary>
    /// <param name="name">What it is called in tables.</param>
    /// <param name="cursors">The set.</param>
    /// <param name="reader">Makes the reader of one cursor.</param>
    public SideBySide(string name, DataViewRowCursor[] cursors, Converter<DataViewRowCursor, Contestant> reader)
        : base(name)
    {
        _parts = Array.ConvertAll(cursors, reader);
        _barrier = new Barrier(_parts.Length);
        _threads = [.. _parts.Skip(1).Select(part => new Thread(() => Work(part)) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    public override int Stride => _parts.Length * Shares;

    // Next to this, waking the threads and waiting for the last of them is nothing.
    public override TimeSpan Turn => TimeSpan.FromMilliseconds(20);

    public override void Run(int rows)
    {
        _share = rows / Stride;
        _left = Stride;
        _barrier.SignalAndWait();
        Serve(_parts[0]);
        _barrier.SignalAndWait();
    }

    public override void Dispose()
    {
        _share = 0;
        _barrier.SignalAndWait();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var part in _parts)
            part.Dispose();
        _barrier.Dispose();
    }

    private void Work(Contestant part)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_share == 0)
                return;
            Serve(part);
            _barrier.SignalAndWait();
        }
    }

    private void Serve(Contestant part)
    {
        while (Interlocked.Decrement(ref _left) >= 0)
            part.Run(_share);
    }
}
