namespace MlNetNtd;

/// <summary>Keeps objects for their next use, as many as were ever in use at once.</summary>
/// <param name="create">Creates an object if none is kept.</param>
internal sealed class ObjectPool<T>(Func<T> create)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _kept = new();

    /// <summary>Takes an object out, or creates one.</summary>
    public T Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out var kept))
                return kept;
        }

        return create();
    }

    /// <summary>Puts an object back.</summary>
    public void Return(T item)
    {
        lock (_gate)
            _kept.Push(item);
    }
}
