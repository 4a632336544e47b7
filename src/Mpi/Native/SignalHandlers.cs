using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// The signals by which the processor reports what a program did wrong. .NET makes exceptions of them, as of a null reference;
/// libraries that MPI loads, such as UCX, take them to print where the program died.
/// </summary>
internal static unsafe partial class SignalHandlers
{
    // Larger than struct sigaction of any Linux.
    private const int Size = 1024;

    // SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, as Linux numbers them.
    private static readonly int[] Numbers = [4, 5, 7, 8, 11];

    /// <summary>Does something that may set other handlers of them, and sets those back that were there.</summary>
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
