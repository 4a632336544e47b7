using System.Diagnostics;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>Measures the processor time of this process on all threads, which other load on the machine hardly changes.</summary>
internal static class CpuClock
{
    public static double Measure(Action act)
    {
        var before = Now();
        act();
        return (Now() - before).TotalSeconds;
    }

    private static TimeSpan Now()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
