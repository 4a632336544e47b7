namespace MlNetNtd;

/// <summary>Holds one object per device, created on first use. All are disposed together.</summary>
/// <param name="owner">The type that <see cref="ObjectDisposedException"/> names.</param>
internal sealed class DeviceCache<T>(Type owner) : IDisposable
    where T : IDisposable
{
    private const int Cpu = -1;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, T> _items = [];
    private bool _disposed;

    /// <summary>Gets the object of a device, and creates it on first use.</summary>
    /// <param name="cudaIndex">The index of the CUDA device; null for the CPU.</param>
    /// <param name="create">Creates the object.</param>
    /// <exception cref="ObjectDisposedException">The cache is disposed.</exception>
    public T GetOrCreate(int? cudaIndex, Func<T> create)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (!_items.TryGetValue(cudaIndex ?? Cpu, out var item))
                _items[cudaIndex ?? Cpu] = item = create();
            return item;
        }
    }

    /// <summary>Throws if the cache is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The cache is disposed.</exception>
    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, owner);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var item in _items.Values)
                item.Dispose();
            _items.Clear();
        }
    }
}
