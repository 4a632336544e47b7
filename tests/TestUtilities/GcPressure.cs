namespace MlNetNtd.Tests;

/// <summary>
/// Collects all the time until it is disposed. TorchSharp frees a number that nobody holds while the operation that it was
/// made for still runs: then it is garbage, and the operation fails or computes with it. Beside this, that happens within
/// some hundreds of operations.
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
