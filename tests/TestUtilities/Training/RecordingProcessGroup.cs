namespace MlNetNtd.Tests;

/// <summary>A process group that a test observes at each step.</summary>
/// <param name="inner">They.</param>
/// <param name="onStep">Called before a step is added up.</param>
/// <param name="onBroadcast">Called before anything is told to all.</param>
internal sealed class RecordingProcessGroup(IProcessGroup inner, Action onStep, Action? onBroadcast = null) : IProcessGroup
{
    public int Rank => inner.Rank;

    public int WorldSize => inner.WorldSize;

    public void AllReduceSum(Span<float> values)
    {
        onStep();
        inner.AllReduceSum(values);
    }

    public void Broadcast(Span<byte> values)
    {
        onBroadcast?.Invoke();
        inner.Broadcast(values);
    }

    public byte[][] AllGather(ReadOnlySpan<byte> mine) => inner.AllGather(mine);

    public void Abort(string reason) => inner.Abort(reason);
}
