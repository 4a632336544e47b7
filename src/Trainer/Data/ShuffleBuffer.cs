namespace MlNetNtd;

/// <summary>A shuffle buffer of bounded size: each row that is added to the full buffer replaces a randomly drawn one.</summary>
/// <param name="capacity">The number of rows in the buffer. Up to this number of rows are shuffled as a whole.</param>
/// <param name="seed">The seed of the order.</param>
internal sealed class ShuffleBuffer(long capacity, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<SequenceRow> _buffer = [];
    private readonly Queue<SequenceRow> _output = new();

    /// <summary>Gets the number of rows that were drawn and not taken yet.</summary>
    public int OutputCount => _output.Count;

    /// <summary>Adds a row. If the buffer is full, a row is drawn from it.</summary>
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

    /// <summary>Draws all rows of the buffer, after the last row was added.</summary>
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

    /// <summary>Takes rows that were drawn.</summary>
    /// <param name="count">The maximum number of rows.</param>
    public IEnumerable<SequenceRow> Take(int count)
    {
        for (var taken = 0; taken < count && _output.TryDequeue(out var row); taken++)
            yield return row;
    }
}
