using System.Diagnostics;

namespace MlNetNtd.Fuzz;

/// <summary>What has to hold, whatever the input: documented exceptions only, soon, at little cost.</summary>
internal static class Oracle
{
    /// <summary>What reading may allocate beyond the input's own size.</summary>
    public const long MostBytes = 64 << 20;

    /// <summary>How long reading may take.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    /// <summary>Reads an input.</summary>
    /// <returns>What promise it broke, null: none; whether the reader took it.</returns>
    public static (string? Problem, bool Passed) Try(FuzzTarget target, byte[] input)
    {
        var (problem, passed) = Try(target, input, out var slow);
        // A busy machine is no finding: what is slow is slow twice.
        if (problem is null && slow)
            (problem, passed) = Try(target, input, out slow);
        return problem is null && slow ? ($"took more than {MostTime.TotalSeconds} s, twice", passed) : (problem, passed);
    }

    private static (string? Problem, bool Passed) Try(FuzzTarget target, byte[] input, out bool slow)
    {
        var passed = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        string? problem = null;
        try
        {
            target.Read(input);
            passed = true;
        }
        catch (FindingException e)
        {
            problem = e.Message;
        }
        catch (Exception e) when (target.IsDocumented(e))
        {
        }
        catch (Exception e)
        {
            problem = $"undocumented: {e}";
        }

        slow = !target.TimesReading && clock.Elapsed > MostTime;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before - input.Length;
        return (problem ?? (allocated > MostBytes ? $"allocated {allocated >> 20} MiB" : null), passed);
    }
}
