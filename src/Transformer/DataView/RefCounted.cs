namespace MlNetNtd;

/// <summary>
/// Something native that many read at once: made when the first needs it, freed when it is disposed of and the last reader
/// is done. Freed under a reader, it would take the process with it.
/// </summary>
/// <param name="make">Makes it.</param>
/// <param name="owner">Whose it is, for errors.</param>
internal sealed class RefCounted<T>(Func<T> make, Type owner) : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _lock = new();
    private T? _value;
    private int _readers;
    private bool _disposed;

    /// <summary>For reading, until the loan is disposed of.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed of before.</exception>
    public Lease Acquire()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, owner);
            _value ??= make();
            _readers++;
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

    private void Return()
    {
        lock (_lock)
        {
            _readers--;
            FreeIfUnused();
        }
    }

    private void FreeIfUnused()
    {
        if (!_disposed || _readers > 0)
            return;
        _value?.Dispose();
        _value = null;
    }

    /// <summary>The right to read.</summary>
    public readonly struct Lease(RefCounted<T> lender, T value) : IDisposable
    {
        public T Value => value;

        public void Dispose() => lender.Return();
    }
}
