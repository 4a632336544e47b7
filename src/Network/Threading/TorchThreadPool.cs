using System.Runtime.ExceptionServices;

namespace MlNetNtd;

/// <summary>Threads that compute side by side, each with a share of libtorch's threads to itself.</summary>
/// <remarks>
/// <para>
/// libtorch spreads each operation over all cores, and all wait at its end: hundreds of times a step, which costs more than
/// the operations where they are small. Here each thread goes through a whole forward and backward pass on its own, and
/// there is one wait.
/// </para>
/// <para>
/// The number of libtorch's threads is set for these threads alone (<see cref="IntraOpThreads"/>): other trainings and the
/// application's own threads may meet libtorch at any moment.
/// </para>
/// </remarks>
internal sealed class TorchThreadPool : IDisposable
{
    private readonly Worker[] _workers;

    /// <summary>Starts threads.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threadsEach">How many of libtorch's threads each works with.</param>
    public TorchThreadPool(int count, int threadsEach)
    {
        _workers = [.. Enumerable.Range(1, count).Select(number => new Worker(number, threadsEach))];
    }

    // The threads know their own worker only, so what is dropped without disposing is found by the collector.
    ~TorchThreadPool() => Stop();

    /// <summary>How many there are.</summary>
    public int Count => _workers.Length;

    /// <summary>Runs work on as many threads at once, and waits for all of them.</summary>
    /// <param name="parts">How many, at most <see cref="Count"/>.</param>
    /// <param name="work">Told which part it is, from 0. What it throws comes out here, the first part's first.</param>
    public void Run(int parts, Action<int> work)
    {
        for (var i = 0; i < parts; i++)
        {
            var part = i;
            _workers[i].Start(() => work(part));
        }

        Exception? first = null;
        for (var i = 0; i < parts; i++)
            first = _workers[i].Wait() is { } error ? first ?? error : first;
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }

    public void Dispose()
    {
        Stop();
        GC.SuppressFinalize(this);
    }

    private void Stop()
    {
        foreach (var worker in _workers)
            worker.Start(null);
    }

    private sealed class Worker
    {
        // What is pulsed; it guards the three below.
        private readonly object _change = new();
        private Action? _work;
        private Exception? _error;
        private bool _busy;

        public Worker(int number, int threads) =>
            new Thread(() => RunLoop(threads)) { IsBackground = true, Name = $"{nameof(MlNetNtd)} {number}" }.Start();

        /// <param name="work">Null: the thread ends.</param>
        public void Start(Action? work)
        {
            lock (_change)
            {
                (_work, _busy) = (work, true);
                Monitor.PulseAll(_change);
            }
        }

        public Exception? Wait()
        {
            lock (_change)
            {
                while (_busy)
                    Monitor.Wait(_change);
                return _error;
            }
        }

        private void RunLoop(int threads)
        {
            using var share = IntraOpThreads.Use(threads);
            while (Next() is { } work)
                Done(Try(work));
        }

        private Action? Next()
        {
            lock (_change)
            {
                while (!_busy)
                    Monitor.Wait(_change);
                return _work;
            }
        }

        private void Done(Exception? error)
        {
            lock (_change)
            {
                (_work, _error, _busy) = (null, error, false);
                Monitor.PulseAll(_change);
            }
        }

        private static Exception? Try(Action work)
        {
            try
            {
                work();
                return null;
            }
#pragma warning disable CA1031 // It is thrown again where the work was asked for.
            catch (Exception error)
#pragma warning restore CA1031
            {
                return error;
            }
        }
    }
}
