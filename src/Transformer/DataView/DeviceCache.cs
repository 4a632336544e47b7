namespace MlNetNtd;

/// <summary>What a transformer holds on each device that it has run on: made when it is first needed, freed together.</summary>
/// <param name="owner">The transformer's type, for errors.</param>
internal sealed class DeviceCache<T>(Type owner) : IDisposable
    where T : IDisposable
{
    private const int Cpu = -1;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, T> _made = [];
    private bool _disposed;

    /// <summary>The one on a device.</summary>
    /// <param name="cudaIndex">The CUDA device; null: the CPU.</param>
    /// <param name="make">Makes it.</param>
    /// <exception cref="ObjectDisposedException">All of them were freed.</exception>
    public T GetOrCreate(int? cudaIndex, Func<T> make)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (!_made.TryGetValue(cudaIndex ?? Cpu, out var one))
                _made[cudaIndex ?? Cpu] = one = make();
            return one;
        }
    }

    /// <exception cref="ObjectDisposedException">All of them were freed.</exception>
    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, owner);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var one in _made.Values)
                one.Dispose();
            _made.Clear();
        }
    }
}
