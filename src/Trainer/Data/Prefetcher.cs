using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace MlNetNtd;

/// <summary>Enumerates a sequence on a thread of its own, ahead of its consumer.</summary>
internal static class Prefetcher
{
    // One element in use, one ready, one being produced: more would not be faster, and each takes memory.
    private const int Capacity = 1;

    /// <summary>
    /// Enumerates a sequence with prefetch. One thread enumerates it from beginning to end, as a cursor requires. An exception there is
    /// thrown here after the elements before it. The thread has ended when the enumerator is disposed.
    /// </summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="drop">Called with each element that was produced but not consumed; may be null.</param>
    public static IEnumerable<T> Prefetch<T>(IEnumerable<T> sequence, Action<T>? drop = null)
    {
        using var ready = new BlockingCollection<T>(Capacity);
        using var stopped = new CancellationTokenSource();
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(Produce) { IsBackground = true, Name = $"{nameof(MlNetNtd)} reading ahead" };
        thread.Start();
        try
        {
            foreach (var element in ready.GetConsumingEnumerable())
                yield return element;
            error?.Throw();
        }
        finally
        {
            stopped.Cancel();
            thread.Join();
            while (ready.TryTake(out var unused))
                drop?.Invoke(unused);
        }

        void Produce()
        {
            try
            {
                foreach (var element in sequence)
                {
                    if (!TryAdd(element))
                        return;
                }
            }
#pragma warning disable CA1031 // It is thrown again when the next element is requested.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                error = ExceptionDispatchInfo.Capture(thrown);
            }
            finally
            {
                ready.CompleteAdding();
            }
        }

        bool TryAdd(T element)
        {
            try
            {
                ready.Add(element, stopped.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                drop?.Invoke(element);
                return false;
            }
        }
    }
}
