using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Reads the cursors of a set in parallel, each on its own thread, which lives as long as this object.</summary>
/// <remarks>
/// A thread that has finished a chunk of rows takes the next one, like ML.NET's own splitters. Otherwise the slowest thread would
/// determine the time.
/// </remarks>
internal sealed class ParallelReaders : Implementation
{
    // The number of chunks per thread in a run: large enough that the threads end at about the same time.
    private const int ChunksPerThread = 32;

    private readonly Implementation[] _readers;
    private readonly Thread[] _threads;
    private readonly Barrier _barrier;
    private int _chunkRows;
    private int _left;

    /// <summary>Starts a thread for each cursor.</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="cursors">The cursors.</param>
    /// <param name="createReader">Creates the reader of a cursor.</param>
    public ParallelReaders(string name, DataViewRowCursor[] cursors, Converter<DataViewRowCursor, Implementation> createReader)
        : base(name)
    {
        _readers = Array.ConvertAll(cursors, createReader);
        _barrier = new Barrier(_readers.Length);
        _threads = [.. _readers.Skip(1).Select(reader => new Thread(() => Work(reader)) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    public override int Stride => _readers.Length * ChunksPerThread;

    // Much longer than it takes to wake the threads and wait for the last of them.
    public override TimeSpan RunTime => TimeSpan.FromMilliseconds(20);

    public override void Run(int rows)
    {
        _chunkRows = rows / Stride;
        _left = Stride;
        _barrier.SignalAndWait();
        Serve(_readers[0]);
        _barrier.SignalAndWait();
    }

    public override void Dispose()
    {
        _chunkRows = 0;
        _barrier.SignalAndWait();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var reader in _readers)
            reader.Dispose();
        _barrier.Dispose();
    }

    private void Work(Implementation reader)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_chunkRows == 0)
                return;
            Serve(reader);
            _barrier.SignalAndWait();
        }
    }

    private void Serve(Implementation reader)
    {
        while (Interlocked.Decrement(ref _left) >= 0)
            reader.Run(_chunkRows);
    }
}
