using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace MlNetNtd.Fuzz;

/// <summary>
/// Assemblies that were instrumented for a guided fuzzer write down where they go from their first line on, and the fuzzer gives
/// them a place for it when it is started. What runs before, as the making of a corpus, needs another.
/// </summary>
internal static unsafe class Instrumentation
{
    // What SharpFuzz takes.
    private const int Places = 1 << 16;

    /// <summary>Gives them one. It is never freed.</summary>
    public static void Prepare() => Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Places);
}
