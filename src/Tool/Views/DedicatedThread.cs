namespace MlNetNtd.Tool;

/// <summary>Runs one call at a time on a thread of its own.</summary>
/// <remarks>
/// Arrow's allocator keeps memory for each thread that allocates. Record batches that threads of .NET's pool read in turn would leave
/// some with each of them.
/// </remarks>
/// <typeparam name="T">The result of a call.</typeparam>
internal sealed class DedicatedThread<T> : IDisposable
{
    private readonly SemaphoreSlim _calls = new(0);
    private readonly Thread _thread;
    private TaskCompletionSource<T>? _result;
    private Func<T>? _call;

    public DedicatedThread(string name)
    {
        _thread = new Thread(RunCalls) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Begins a call. The one before must have ended.</summary>
    public Task<T> Begin(Func<T> call)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_call, _result) = (call, result);
        _calls.Release();
        return result.Task;
    }

    /// <summary>Ends the thread, after a call that it is in.</summary>
    public void Dispose()
    {
        _call = null;
        _calls.Release();
        _thread.Join();
        _calls.Dispose();
    }

    private void RunCalls()
    {
        while (true)
        {
            _calls.Wait();
            if (_call is not { } call)
                return;
            var result = _result!;
            try
            {
                result.SetResult(call());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }
    }
}
