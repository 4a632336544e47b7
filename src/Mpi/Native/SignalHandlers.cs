using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Preserves .NET's handlers of the signals for processor faults. .NET turns these into exceptions, for example for a null reference.
/// Libraries that MPI loads, such as UCX, replace the handlers to print a stack trace.
/// </summary>
internal static unsafe partial class SignalHandlers
{
    // Larger than struct sigaction on any Linux.
    private const int Size = 1024;

    // SIGILL, SIGTRAP, SIGBUS, SIGFPE and SIGSEGV on Linux.
    private static readonly int[] Numbers = [4, 5, 7, 8, 11];

    /// <summary>Runs a function that may replace the handlers, and restores them.</summary>
    public static T Preserve<T>(Func<T> act)
    {
        if (!OperatingSystem.IsLinux())
            return act();
        var handlers = stackalloc byte[Size * Numbers.Length];
        for (var i = 0; i < Numbers.Length; i++)
            _ = SetAction(Numbers[i], null, handlers + i * Size);
        try
        {
            return act();
        }
        finally
        {
            for (var i = 0; i < Numbers.Length; i++)
                _ = SetAction(Numbers[i], handlers + i * Size, null);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "sigaction")]
    private static partial int SetAction(int signal, byte* action, byte* earlier);
}
