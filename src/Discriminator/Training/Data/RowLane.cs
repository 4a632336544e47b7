namespace MlNetNtd;

/// <summary>A share of the rows, shuffled as they come by a pool of bounded size: for each that comes in, one that is drawn goes out.</summary>
/// <param name="capacity">Rows that the pool holds. As many rows as that, and fewer, are shuffled whole.</param>
/// <param name="seed">Decides the order.</param>
internal sealed class RowLane(long capacity, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<SequenceRow> _pool = [];
    private readonly Queue<SequenceRow> _ready = new();

    /// <summary>How many rows have been drawn and not been taken.</summary>
    public int Ready => _ready.Count;

    /// <summary>A row comes in; when the pool is full, another one goes out.</summary>
    public void Add(SequenceRow row)
    {
        if (_pool.Count < capacity)
        {
            _pool.Add(row);
            return;
        }

        var drawn = _random.Next(_pool.Count);
        _ready.Enqueue(_pool[drawn]);
        _pool[drawn] = row;
    }

    /// <summary>No more rows come: those in the pool go out.</summary>
    public void End()
    {
        while (_pool.Count > 0)
        {
            var drawn = _random.Next(_pool.Count);
            _ready.Enqueue(_pool[drawn]);
            _pool[drawn] = _pool[^1];
            _pool.RemoveAt(_pool.Count - 1);
        }
    }

    /// <summary>Takes rows that were drawn, at most so many.</summary>
    public IEnumerable<SequenceRow> Take(int count)
    {
        while (count-- > 0 && _ready.TryDequeue(out var row))
            yield return row;
    }
}
