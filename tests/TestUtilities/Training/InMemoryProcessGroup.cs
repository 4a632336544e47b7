using System.Runtime.ExceptionServices;

namespace MlNetNtd.Tests;

/// <summary>A process group whose processes are threads.</summary>
internal sealed class InMemoryProcessGroup : IProcessGroup
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Common _common;

    private InMemoryProcessGroup(Common common, int rank) => (_common, Rank) = (common, rank);

    public int Rank { get; }

    public int WorldSize => _common.Given.Length;

    /// <summary>How often this one exchanged anything.</summary>
    public int Calls { get; private set; }

    /// <summary>Runs something as so many processes.</summary>
    /// <returns>What each gave, by rank.</returns>
    /// <exception cref="Exception">What the first of them threw, or why one ended all.</exception>
    public static T[] Run<T>(int count, Func<InMemoryProcessGroup, T> act)
    {
        using var common = new Common(count);
        var results = new T[count];
        var threads = Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = act(new InMemoryProcessGroup(common, rank));
            }
            catch (Exception error)
            {
                common.End(error);
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (common.Error is { } first)
            ExceptionDispatchInfo.Throw(first);
        return results;
    }

    /// <summary>Runs something that fails in each of so many processes.</summary>
    /// <returns>What each threw, by rank.</returns>
    public static Exception[] Errors(int count, Func<InMemoryProcessGroup, IDisposable> act) => Run(count, one =>
    {
        try
        {
            act(one).Dispose();
        }
        catch (Exception error)
        {
            return error;
        }

        throw new AssertFailedException($"Process {one.Rank} saw no error.");
    });

    public void AllReduceSum(Span<float> values)
    {
        var all = Exchange(values.ToArray());
        values.Clear();
        // In the order of ranks: the same bits everywhere.
        foreach (var one in all)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] += one[i];
        }
    }

    public void Broadcast(Span<byte> values) => Exchange(values.ToArray())[0].CopyTo(values);

    public byte[][] AllGather(ReadOnlySpan<byte> mine) => Exchange(mine.ToArray());

    public void Abort(string reason)
    {
        var error = new InvalidOperationException($"Process {Rank} of {WorldSize} ends all of them: {reason}");
        _common.End(error);
        throw error;
    }

    private T[][] Exchange<T>(T[] mine)
    {
        Calls++;
        _common.Given[Rank] = mine;
        Meet();
        var all = _common.Given.Cast<T[]>().ToArray();
        Meet();
        return all;
    }

    private void Meet()
    {
        if (!_common.Barrier.SignalAndWait(Patience, _common.Ended.Token))
            throw new TimeoutException($"Process {Rank} waits for others that do not come.");
    }

    private sealed class Common(int count) : IDisposable
    {
        public Array[] Given { get; } = new Array[count];

        public Barrier Barrier { get; } = new(count);

        public CancellationTokenSource Ended { get; } = new();

        public Exception? Error { get; private set; }

        public void End(Exception error)
        {
            lock (Given)
                Error ??= error;
            Ended.Cancel();
        }

        public void Dispose()
        {
            Barrier.Dispose();
            Ended.Dispose();
        }
    }
}
