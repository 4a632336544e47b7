using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace MlNetNtd;

/// <summary>What a sequence gives, made on a thread of its own while what it gave before is worked on.</summary>
internal static class Prefetcher
{
    // One being worked on, one ready, one being made: more would not be faster, and each takes memory.
    private const int Ready = 1;

    /// <summary>
    /// The same sequence. It is gone through on one thread from its beginning to its end, as a cursor must be; what goes wrong
    /// there comes out here, in its turn. When this is left the thread has ended.
    /// </summary>
    /// <param name="sequence">What to go through.</param>
    /// <param name="drop">For what was made and is not asked for.</param>
    public static IEnumerable<T> Prefetch<T>(IEnumerable<T> sequence, Action<T>? drop = null)
    {
        using var made = new BlockingCollection<T>(Ready);
        using var left = new CancellationTokenSource();
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(Make) { IsBackground = true, Name = $"{nameof(MlNetNtd)} reading ahead" };
        thread.Start();
        try
        {
            foreach (var one in made.GetConsumingEnumerable())
                yield return one;
            error?.Throw();
        }
        finally
        {
            left.Cancel();
            thread.Join();
            while (made.TryTake(out var unasked))
                drop?.Invoke(unasked);
        }

        void Make()
        {
            try
            {
                foreach (var one in sequence)
                {
                    if (!TryHandOver(one))
                        return;
                }
            }
#pragma warning disable CA1031 // It is thrown again where the next one is asked for.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                error = ExceptionDispatchInfo.Capture(thrown);
            }
            finally
            {
                made.CompleteAdding();
            }
        }

        bool TryHandOver(T one)
        {
            try
            {
                made.Add(one, left.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                drop?.Invoke(one);
                return false;
            }
        }
    }
}
