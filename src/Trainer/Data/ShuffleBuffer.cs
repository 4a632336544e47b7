namespace MlNetNtd;

/// <summary>A share of the rows, shuffled as they come by a pool of bounded size: for each that comes in, one that is drawn goes out.</summary>
/// <param name="capacity">Rows that the pool holds. As many rows as that, and fewer, are shuffled whole.</param>
/// <param name="seed">Decides the order.</param>
internal sealed class ShuffleBuffer(long capacity, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<SequenceRow> _buffer = [];
    private readonly Queue<SequenceRow> _output = new();

    /// <summary>How many rows have been drawn and not been taken.</summary>
    public int OutputCount => _output.Count;

    /// <summary>A row comes in; when the pool is full, another one goes out.</summary>
    public void Add(SequenceRow row)
    {
        if (_buffer.Count < capacity)
        {
            _buffer.Add(row);
            return;
        }

        var drawn = _random.Next(_buffer.Count);
        _output.Enqueue(_buffer[drawn]);
        _buffer[drawn] = row;
    }

    /// <summary>No more rows come: those in the pool go out.</summary>
    public void Flush()
    {
        while (_buffer.Count > 0)
        {
            var drawn = _random.Next(_buffer.Count);
            _output.Enqueue(_buffer[drawn]);
            _buffer[drawn] = _buffer[^1];
            _buffer.RemoveAt(_buffer.Count - 1);
        }
    }

    /// <summary>Takes rows that were drawn, at most so many.</summary>
    public IEnumerable<SequenceRow> Take(int count)
    {
        while (count-- > 0 && _output.TryDequeue(out var row))
            yield return row;
    }
}
