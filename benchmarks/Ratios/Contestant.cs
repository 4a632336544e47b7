namespace MlNetNtd.Benchmarks;

/// <summary>A way to serve rows. Each call goes on where the one before stopped, in the same buffers.</summary>
internal abstract class Contestant(string name) : IDisposable
{
    public string Name => name;

    /// <summary>Rows that are worked on together: a run of fewer would leave work to the next one.</summary>
    public virtual int Stride => 1;

    /// <summary>
    /// How long one run is to take, about. Short, so that most pass between two interruptions where others load the machine.
    /// </summary>
    public virtual TimeSpan Turn => TimeSpan.FromMilliseconds(1);

    /// <summary>Serves rows.</summary>
    public abstract void Run(int rows);

    public abstract void Dispose();
}
