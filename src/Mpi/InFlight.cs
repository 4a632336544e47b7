using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Tells whether a block is left by an exception, from within what runs then, as a using's Dispose.</summary>
/// <remarks>
/// .NET runs that also where nobody catches the exception, and writes about it afterwards only: if what runs waits for ever, nobody
/// learns of it.
/// </remarks>
internal sealed class InFlight : IDisposable
{
    [ThreadStatic]
    private static WeakReference<Exception>? _latest;

    // An exception that is being handled around the whole block does not leave it.
    private readonly nint _around = Marshal.GetExceptionPointers();

    /// <summary>The block begins.</summary>
    public InFlight() => AppDomain.CurrentDomain.FirstChanceException += Note;

    /// <summary>The exception by which the calling thread is leaving the block; null: it leaves by none.</summary>
    public Exception? Find()
    {
        var here = Marshal.GetExceptionPointers();
        return here != 0 && here != _around && _latest?.TryGetTarget(out var error) == true ? error : null;
    }

    public void Dispose() => AppDomain.CurrentDomain.FirstChanceException -= Note;

    private static void Note(object? sender, FirstChanceExceptionEventArgs e) => _latest = new WeakReference<Exception>(e.Exception);
}
