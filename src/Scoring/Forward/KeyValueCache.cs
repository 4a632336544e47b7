namespace MlNetNtd;

/// <summary>The keys and values of a sequence's context, in every layer and head. It grows, and keeps its memory.</summary>
/// <remarks>
/// Keys are packed as the attention kernel's tiles read them: a panel has the keys of some times, dimension by dimension. Values are
/// row-major. Those of one layer and head are contiguous, in time's order.
/// </remarks>
/// <param name="layers">The number of layers.</param>
/// <param name="heads">The number of heads.</param>
/// <param name="size">The dimension of a head.</param>
/// <param name="kernel">The kernel that reads the cache.</param>
internal sealed unsafe class KeyValueCache(int layers, int heads, int size, CachedAttentionKernel kernel)
{
    private readonly int _panel = kernel.PanelKeys;
    private readonly int _paddedSize = kernel.GetPaddedSize(size);
    private AlignedBuffer _keys = new();
    private AlignedBuffer _values = new();
    private int _capacity;

    /// <summary>Gets or sets the number of times whose keys and values are there.</summary>
    public int Count { get; set; }

    /// <summary>Gets the keys of a layer and head.</summary>
    public float* Keys(int layer, int head) => _keys.Pointer + ((nint)layer * heads + head) * _capacity * size;

    /// <summary>Gets the values of a layer and head.</summary>
    public float* Values(int layer, int head) => _values.Pointer + ((nint)layer * heads + head) * _capacity * _paddedSize;

    /// <summary>Makes room for a number of times, and keeps the keys and values that are there.</summary>
    /// <param name="count">The number of times.</param>
    /// <param name="limit">The number of times that are ever asked for.</param>
    public void Reserve(int count, int limit)
    {
        if (count <= _capacity)
            return;
        // Twice as many, so that a sequence that grows token by token is copied a constant number of times.
        var capacity = (int)PackedMatrix.RoundUp(Math.Max(count, Math.Min(2L * _capacity, limit)), _panel);
        var (keys, values) = (_keys, _values);
        var (keyStride, valueStride) = ((nint)_capacity * size, (nint)_capacity * _paddedSize);
        var blocks = (long)layers * heads;
        (_keys, _values, _capacity) = (new AlignedBuffer(blocks * capacity * size), new AlignedBuffer(blocks * capacity * _paddedSize), capacity);
        for (var block = 0; block < blocks; block++)
            CopyBlock(keys.Pointer + block * keyStride, values.Pointer + block * valueStride, block);
        GC.KeepAlive(keys);
        GC.KeepAlive(values);
    }

    /// <summary>Copies the keys and values of another sequence.</summary>
    /// <param name="other">A cache of the same network.</param>
    public void CopyFrom(KeyValueCache other)
    {
        Count = 0;
        Reserve(other.Count, other._capacity);
        Count = other.Count;
        for (var block = 0; block < layers * heads; block++)
            CopyBlock(other._keys.Pointer + (nint)block * other._capacity * size, other._values.Pointer + (nint)block * other._capacity * _paddedSize, block);
        GC.KeepAlive(other);
    }

    /// <summary>Writes the key and the value of one time.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="time">The time, below the number that was made room for.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Write(int layer, int head, int time, float* key, float* value)
    {
        var column = Keys(layer, head) + (nint)(time / _panel) * _panel * size + time % _panel;
        for (var d = 0; d < size; d++)
            column[d * _panel] = key[d];
        new ReadOnlySpan<float>(value, size).CopyTo(new Span<float>(Values(layer, head) + (nint)time * _paddedSize, size));
    }

    // Whole panels of keys: columns behind the last have no meaning, here as there.
    private void CopyBlock(float* keys, float* values, int block)
    {
        var keyCount = (int)PackedMatrix.RoundUp(Count, _panel) * size;
        new ReadOnlySpan<float>(keys, keyCount).CopyTo(new Span<float>(_keys.Pointer + (nint)block * _capacity * size, keyCount));
        var valueCount = Count * _paddedSize;
        new ReadOnlySpan<float>(values, valueCount).CopyTo(new Span<float>(_values.Pointer + (nint)block * _capacity * _paddedSize, valueCount));
    }
}
