using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Fuzz;

/// <summary>A process that loads models, one after the other, until one of them ends it.</summary>
internal sealed class LoadProcess : IDisposable
{
    /// <summary>On the command line of such a process.</summary>
    public const string Argument = "--load-models";

    // What does not come back by then does not, however busy the machine is.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);
    private const long MostBytes = 64 << 20;

    // For each byte of the zip: weights may be as large as they are.
    private const int MostBytesForEach = 4;

    // A context keeps something of each model.
    private const int UsesOfContext = 200;
    private const string HeapLimit = "0x30000000";

    private Process? _process;

    /// <summary>Loads a model.</summary>
    /// <returns>What promise it broke; null: none.</returns>
    public string? Load(byte[] zip)
    {
        _process ??= Start();
        try
        {
            using var writer = new BinaryWriter(_process.StandardInput.BaseStream, System.Text.Encoding.UTF8, leaveOpen: true);
            writer.Write(zip.Length);
            writer.Write(zip);
            writer.Flush();
            var answer = _process.StandardOutput.ReadLineAsync();
            if (!answer.Wait(Patience))
                return End($"Load has not come back after {Patience.TotalSeconds} s");
            if (answer.Result?.Split(' ') is not [var bytes, var milliseconds])
                return End("Load ended the process");
            var allocated = long.Parse(bytes, CultureInfo.InvariantCulture) - MostBytesForEach * (long)zip.Length;
            return allocated > MostBytes ? $"Load allocated {allocated >> 20} MiB"
                : long.Parse(milliseconds, CultureInfo.InvariantCulture) > MostTime.TotalMilliseconds ? $"Load took {milliseconds} ms of processor time"
                : null;
        }
        catch (IOException)
        {
            return End("Load ended the process");
        }
    }

    public void Dispose() => End("");

    /// <summary>The process's own side: reads models until there are no more.</summary>
    public static int Serve()
    {
        using var input = new BinaryReader(Console.OpenStandardInput());
        MLContext? context = null;
        for (var uses = 0; ; uses++)
        {
            byte[] zip;
            try
            {
                zip = input.ReadBytes(input.ReadInt32());
            }
            catch (EndOfStreamException)
            {
                return 0;
            }

            if (uses % UsesOfContext == 0)
            {
                context = new MLContext(seed: 1) { TempFilePath = Scratch.Folder };
                // What a process does once is nobody's model's.
                Measure(context, zip);
            }

            Console.WriteLine(Measure(context!, zip));
        }
    }

    private static string Measure(MLContext context, byte[] zip)
    {
        var (bytes, time) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
        try
        {
            using var stream = new MemoryStream(zip);
            (context.Model.Load(stream, out _) as IDisposable)?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A model that ML.NET refuses is as good as one that it loads.
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{GC.GetTotalAllocatedBytes(precise: true) - bytes} {(long)(Environment.CpuUsage.TotalTime - time).TotalMilliseconds}");
    }

    private static Process Start()
    {
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, ["exec", typeof(LoadProcess).Assembly.Location, Argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private string End(string problem)
    {
        using var process = _process;
        _process = null;
        if (process is { HasExited: false })
            process.Kill(entireProcessTree: true);
        return problem;
    }
}
