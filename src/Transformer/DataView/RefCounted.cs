namespace MlNetNtd;

/// <summary>
/// A reference-counted native object that many threads use at once. It is created on first use, and freed when it is disposed of
/// and the last lease has ended: freeing it during use would crash the process.
/// </summary>
/// <param name="create">Creates the object.</param>
/// <param name="owner">The type that <see cref="ObjectDisposedException"/> names.</param>
internal sealed class RefCounted<T>(Func<T> create, Type owner) : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _lock = new();
    private T? _value;
    private int _leases;
    private bool _disposed;

    /// <summary>Acquires the object until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
    public Lease Acquire()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, owner);
            _value ??= create();
            _leases++;
            return new Lease(this, _value);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            FreeIfUnused();
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            _leases--;
            FreeIfUnused();
        }
    }

    private void FreeIfUnused()
    {
        if (!_disposed || _leases > 0)
            return;
        _value?.Dispose();
        _value = null;
    }

    /// <summary>Keeps the object alive until it is disposed.</summary>
    public readonly struct Lease(RefCounted<T> source, T value) : IDisposable
    {
        public T Value => value;

        public void Dispose() => source.Release();
    }
}
