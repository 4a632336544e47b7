using System.Runtime.InteropServices;
using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Benchmarks;

/// <summary>Describes the machine of a measurement.</summary>
internal static class Machine
{
    /// <summary>Describes the processor, the runtime and the libraries in one line.</summary>
    public static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} cores; {RuntimeInformation.FrameworkDescription}; "
        + $"{RuntimeInformation.OSDescription}; {Library(typeof(MLContext))}, {Library(typeof(torch))}; {DateTime.UtcNow:yyyy-MM-dd}{Load()}";

    /// <summary>Gets whether there is a CUDA device. Never throws.</summary>
    public static bool HasCuda()
    {
        try
        {
            return torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available();
        }
        catch (Exception e) when (e is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            return false;
        }
    }

    // Other load on the machine hardly changes ratios, but it does change the times of parallel cursors, so the report shows it.
    private static string Load()
    {
        const string file = "/proc/loadavg";
        return File.Exists(file) ? $", load average {File.ReadAllText(file).Split(' ')[0]}" : "";
    }

    private static string Library(Type type) => $"{type.Assembly.GetName().Name} {type.Assembly.GetName().Version}";

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
