using System.Runtime.ExceptionServices;
using TorchSharp;

namespace MlNetNtd.Examples.Sweep;

/// <summary>Work in threads of its own. The first that fails stops the others.</summary>
internal static class SideBySide
{
    /// <summary>Runs all of it.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="work">The work of a number, given what stops it.</param>
    /// <param name="stop">Stops all.</param>
    /// <returns>What each came to, by number.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static T[] Run<T>(int count, Func<int, CancellationToken, T> work, CancellationToken stop)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var results = new T[count];
        Exception? failure = null;
        // Not those of the pool, which are few: most of these wait.
        Thread[] threads = [.. Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            // Networks this small gain nothing from more: they train side by side instead. The number is a thread's own.
            torch.set_num_threads(1);
            try
            {
                results[number] = work(number, all.Token);
            }
            catch (Exception e)
            {
                // Those that are stopped by the first say nothing new.
                Interlocked.CompareExchange(ref failure, e, null);
                all.Cancel();
            }
        }) { IsBackground = true })];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();

        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return results;
    }
}
