using System.Runtime.ExceptionServices;

namespace MlNetNtd;

/// <summary>Runs the parts of one job on the calling thread and on threads of .NET's thread pool.</summary>
/// <remarks>
/// Threads of the pool help if they are free; if they are not, the caller does all parts itself, so it never waits for a thread that
/// has not begun. A second caller at the same time works alone. Nothing is allocated once the helpers exist.
/// </remarks>
/// <param name="threads">The maximum number of threads, the caller's included.</param>
internal sealed class WorkerPool(int threads)
{
    private readonly Lock _gate = new();
    private Helper[]? _helpers;
    private IWork? _work;
    private Exception? _error;
    private int _parts;

    // The number of the job in the high half, the next part in the low half: a late helper of an earlier job cannot take a part by a
    // number that it read before.
    private long _ticket = int.MaxValue;
    private int _done;

    /// <summary>Gets the maximum number of threads.</summary>
    public int Threads => threads;

    /// <summary>Runs all parts of a job.</summary>
    /// <param name="work">The job.</param>
    /// <param name="parts">The number of parts.</param>
    /// <exception cref="Exception">A part's first exception.</exception>
    public void Run(IWork work, int parts)
    {
        if (parts > 1 && threads > 1 && _gate.TryEnter())
        {
            try
            {
                RunTogether(work, parts);
            }
            finally
            {
                _gate.Exit();
            }

            return;
        }

        for (var part = 0; part < parts; part++)
            work.Run(part);
    }

    private void RunTogether(IWork work, int parts)
    {
        (_work, _error, _parts) = (work, null, parts);
        Volatile.Write(ref _done, 0);
        // From here on, helpers of this job, and late ones of an earlier job, find parts.
        Volatile.Write(ref _ticket, ((_ticket >> 32) + 1) << 32);
        _helpers ??= [.. Enumerable.Range(1, threads - 1).Select(_ => new Helper(this))];
        for (var i = 0; i < Math.Min(_helpers.Length, parts - 1); i++)
            _helpers[i].Call();
        RunParts();
        var wait = new SpinWait();
        while (Volatile.Read(ref _done) < parts)
            wait.SpinOnce(sleep1Threshold: -1);
        Volatile.Write(ref _ticket, _ticket | int.MaxValue);
        _work = null;
        if (_error is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    private void RunParts()
    {
        while (TryTake() is { } part)
        {
            try
            {
                _work!.Run(part);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _error, e, null);
            }

            Interlocked.Increment(ref _done);
        }
    }

    // A part that is taken keeps the job from ending, so the job's fields are valid from there on.
    private int? TryTake()
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket);
            if ((int)ticket >= Volatile.Read(ref _parts))
                return null;
            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket)
                return (int)ticket;
        }
    }

    private sealed class Helper(WorkerPool pool) : IThreadPoolWorkItem
    {
        private int _called;

        public void Call()
        {
            if (Interlocked.Exchange(ref _called, 1) == 0)
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute()
        {
            Volatile.Write(ref _called, 0);
            pool.RunParts();
        }
    }
}

/// <summary>A job in parts that are independent of each other.</summary>
internal interface IWork
{
    /// <summary>Runs a part.</summary>
    void Run(int part);
}
