using System.Numerics.Tensors;

namespace MlNetNtd;

/// <summary>
/// Adds up the gradients of a step's parts in the order of the parts, whichever thread is done first. So the sums have the same bits on
/// any number of threads.
/// </summary>
/// <param name="length">The number of values of all gradients.</param>
internal sealed unsafe class OrderedGradients(int length)
{
    private readonly object _monitor = new();
    private readonly Stack<AlignedBuffer> _free = new();
    private AlignedBuffer?[] _done = [];
    private int _buffers;
    private int _added;

    /// <summary>Gets the sums of all parts.</summary>
    public AlignedBuffer Total { get; } = new(length);

    /// <summary>Begins a step.</summary>
    /// <param name="parts">The number of parts.</param>
    /// <param name="threads">The number of threads. Each has a buffer, and one more lets a thread go on before its turn to add.</param>
    public void Begin(int parts, int threads)
    {
        _added = 0;
        if (_done.Length < parts)
            _done = new AlignedBuffer?[parts];
        Array.Clear(_done);
        for (; _buffers < Math.Min(threads + 1, parts); _buffers++)
            _free.Push(new AlignedBuffer(length));
        Total.Span(length).Clear();
    }

    /// <summary>Takes a buffer of zeros for the gradients of a part. Parts may come in any order.</summary>
    public AlignedBuffer Take(int part)
    {
        AlignedBuffer buffer;
        lock (_monitor)
        {
            // The last free buffer is for the part that is added next, so that it never waits for parts behind it.
            while (_free.Count == 0 || (_free.Count == 1 && part != _added))
                Monitor.Wait(_monitor);
            buffer = _free.Pop();
        }

        buffer.Span(length).Clear();
        return buffer;
    }

    /// <summary>Adds the gradients of a part, as soon as those of all parts before it are added.</summary>
    public void Complete(int part, AlignedBuffer gradients)
    {
        lock (_monitor)
        {
            _done[part] = gradients;
            for (; _added < _done.Length && _done[_added] is { } next; _added++)
            {
                TensorPrimitives.Add(Total.Span(length), next.Span(length), Total.Span(length));
                _free.Push(next);
            }

            Monitor.PulseAll(_monitor);
        }
    }
}
