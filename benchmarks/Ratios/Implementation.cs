namespace MlNetNtd.Benchmarks;

/// <summary>An implementation to measure. Each call continues where the previous one stopped, with the same buffers.</summary>
internal abstract class Implementation(string name) : IDisposable
{
    public string Name => name;

    /// <summary>The number of rows that are processed together. A run of fewer would leave work to the next one.</summary>
    public virtual int Stride => 1;

    /// <summary>
    /// The approximate duration of one run. It is short, so that most runs complete without an interruption on a loaded machine.
    /// </summary>
    public virtual TimeSpan RunTime => TimeSpan.FromMilliseconds(1);

    /// <summary>Processes rows.</summary>
    public abstract void Run(int rows);

    public abstract void Dispose();
}
