using System.Globalization;

namespace MlNetNtd.Studies.Realism;

/// <summary>Counters that the Linux kernel keeps of the whole machine, from /proc/stat and /proc/vmstat.</summary>
internal static class KernelCounters
{
    private const string Processor = "/proc/stat";
    private const string Memory = "/proc/vmstat";

    private static readonly (string Name, string File, string Line, int Field)[] Sources =
    [
        ("user", Processor, "cpu", 1),
        ("system", Processor, "cpu", 3),
        ("contextSwitches", Processor, "ctxt", 1),
        ("processes", Processor, "processes", 1),
        ("interrupts", Processor, "intr", 1),
        ("softInterrupts", Processor, "softirq", 1),
        ("pageFaults", Memory, "pgfault", 1),
        ("pagesFreed", Memory, "pgfree", 1),
    ];

    /// <summary>Gets the names, in the order of the values.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Sources.Select(source => source.Name)];

    /// <summary>Gets whether this system has them.</summary>
    public static bool AreAvailable => File.Exists(Processor) && File.Exists(Memory);

    /// <summary>Reads their current values.</summary>
    public static long[] Read()
    {
        var files = Sources.Select(source => source.File).Distinct().ToDictionary(file => file, ReadFields);
        return [.. Sources.Select(source => long.Parse(files[source.File][source.Line][source.Field], CultureInfo.InvariantCulture))];
    }

    private static Dictionary<string, string[]> ReadFields(string file) =>
        File.ReadLines(file).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(fields => fields[0]);
}
