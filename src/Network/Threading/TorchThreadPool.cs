using System.Runtime.ExceptionServices;

namespace MlNetNtd;

/// <summary>A pool of threads that run libtorch operations in parallel, each with its own number of intra-op threads.</summary>
/// <remarks>
/// <para>
/// libtorch spreads each operation over all cores and waits for all of them at its end, hundreds of times per step. For small
/// operations that costs more than the operations. With this pool each thread runs a whole forward and backward pass, and there is
/// one wait.
/// </para>
/// <para>
/// <see cref="IntraOpThreads"/> sets the number of libtorch's threads for these threads only, because other trainings and the
/// application's own threads may use libtorch at any time.
/// </para>
/// </remarks>
internal sealed class TorchThreadPool : IDisposable
{
    private readonly PoolThread[] _threads;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">The number of threads.</param>
    /// <param name="threadsEach">The number of libtorch's threads that each of them uses.</param>
    public TorchThreadPool(int count, int threadsEach)
    {
        _threads = [.. Enumerable.Range(1, count).Select(number => new PoolThread(number, threadsEach))];
    }

    // The threads reference only their own PoolThread, so the garbage collector can finalize a pool that was not disposed.
    ~TorchThreadPool() => Stop();

    /// <summary>Gets the number of threads.</summary>
    public int Count => _threads.Length;

    /// <summary>Runs work on several threads in parallel and waits for all of them.</summary>
    /// <param name="parts">The number of parts, at most <see cref="Count"/>.</param>
    /// <param name="work">Receives the index of the part. Its exceptions are thrown here, the first part's first.</param>
    public void Run(int parts, Action<int> work)
    {
        for (var i = 0; i < parts; i++)
        {
            var part = i;
            _threads[i].Start(() => work(part));
        }

        Exception? first = null;
        for (var i = 0; i < parts; i++)
        {
            var error = _threads[i].Wait();
            first ??= error;
        }

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
        foreach (var thread in _threads)
            thread.Start(null);
    }

    private sealed class PoolThread
    {
        // Guards the three fields below.
        private readonly object _monitor = new();
        private Action? _work;
        private Exception? _error;
        private bool _busy;

        public PoolThread(int number, int threads) =>
            new Thread(() => RunLoop(threads)) { IsBackground = true, Name = $"{nameof(MlNetNtd)} {number}" }.Start();

        /// <param name="work">The work; null ends the thread.</param>
        public void Start(Action? work)
        {
            lock (_monitor)
            {
                (_work, _busy) = (work, true);
                Monitor.PulseAll(_monitor);
            }
        }

        public Exception? Wait()
        {
            lock (_monitor)
            {
                while (_busy)
                    Monitor.Wait(_monitor);
                return _error;
            }
        }

        private void RunLoop(int threads)
        {
            using var limit = IntraOpThreads.Use(threads);
            while (Next() is { } work)
                Done(Try(work));
        }

        private Action? Next()
        {
            lock (_monitor)
            {
                while (!_busy)
                    Monitor.Wait(_monitor);
                return _work;
            }
        }

        private void Done(Exception? error)
        {
            lock (_monitor)
            {
                (_work, _error, _busy) = (null, error, false);
                Monitor.PulseAll(_monitor);
            }
        }

        private static Exception? Try(Action work)
        {
            try
            {
                work();
                return null;
            }
#pragma warning disable CA1031 // Run throws it again on the calling thread.
            catch (Exception error)
#pragma warning restore CA1031
            {
                return error;
            }
        }
    }
}
