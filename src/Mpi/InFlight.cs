using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Finds the exception by which the current thread leaves a block, for code that runs then, such as a using's Dispose.</summary>
/// <remarks>
/// .NET reports an unhandled exception only after Dispose has run. If Dispose waits forever, the exception is never reported.
/// </remarks>
internal sealed class InFlight : IDisposable
{
    [ThreadStatic]
    private static WeakReference<Exception>? _latest;

    // An exception that is handled around the whole block is not one by which it is left.
    private readonly nint _outer = Marshal.GetExceptionPointers();

    /// <summary>Marks the beginning of the block.</summary>
    public InFlight() => AppDomain.CurrentDomain.FirstChanceException += Note;

    /// <summary>Finds the exception by which the calling thread is leaving the block; null if there is none.</summary>
    public Exception? Find()
    {
        var current = Marshal.GetExceptionPointers();
        return current != 0 && current != _outer && _latest?.TryGetTarget(out var error) == true ? error : null;
    }

    public void Dispose() => AppDomain.CurrentDomain.FirstChanceException -= Note;

    private static void Note(object? sender, FirstChanceExceptionEventArgs e) => _latest = new WeakReference<Exception>(e.Exception);
}
