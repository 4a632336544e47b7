namespace MlNetNtd.Tests;

/// <summary>
/// Collects garbage continuously until it is disposed. TorchSharp frees an unreferenced scalar while the operation that uses it still
/// runs: the operation then fails or computes garbage. Under this pressure that happens within hundreds of operations.
/// </summary>
internal sealed class GcPressure : IDisposable
{
    private readonly CancellationTokenSource _done = new();
    private readonly Task _collecting;

    public GcPressure() => _collecting = Task.Run(() =>
    {
        while (!_done.IsCancellationRequested)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    });

    public void Dispose()
    {
        _done.Cancel();
        _collecting.Wait();
        _done.Dispose();
    }
}
