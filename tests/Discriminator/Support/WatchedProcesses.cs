namespace MlNetNtd.Discriminator.Tests;

/// <summary>Processes of which a test looks on at each step.</summary>
/// <param name="inner">They.</param>
/// <param name="onStep">Called before a step is added up.</param>
/// <param name="onBroadcast">Called before anything is told to all.</param>
internal sealed class WatchedProcesses(ITrainingProcesses inner, Action onStep, Action? onBroadcast = null) : ITrainingProcesses
{
    public int Rank => inner.Rank;

    public int Count => inner.Count;

    public void Sum(Span<float> values)
    {
        onStep();
        inner.Sum(values);
    }

    public void Broadcast(Span<byte> values)
    {
        onBroadcast?.Invoke();
        inner.Broadcast(values);
    }

    public byte[][] Gather(ReadOnlySpan<byte> mine) => inner.Gather(mine);

    public void Abort(string why) => inner.Abort(why);
}
