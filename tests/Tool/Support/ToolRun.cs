using System.Diagnostics;

namespace MlNetNtd.Tool.Tests;

/// <summary>A run of the tool and what came of it.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Out">Standard output as text.</param>
/// <param name="Bytes">Standard output as bytes.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ToolRun(int ExitCode, string Out, byte[] Bytes, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Gets the sentence that the run ended with.</summary>
    public string Sentence => Error.TrimEnd().Split('\n')[^1]["ntd: ".Length..];

    /// <summary>Runs the tool in this process.</summary>
    public static ToolRun Run(params string[] arguments) => RunWith(new RunSettings(), arguments);

    /// <summary>Runs the tool in this process.</summary>
    public static ToolRun RunWith(RunSettings settings, params string[] arguments)
    {
        using var bytes = new MemoryStream();
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var console = new ToolConsole
        {
            Out = output,
            Error = error,
            OpenInput = () => new MemoryStream(settings.Input),
            OpenOutput = () => bytes,
            IsOutputTerminal = settings.IsTerminal,
            Environment = name => settings.Environment.GetValueOrDefault(name),
        };
        var code = CommandLine.RunAsync(arguments, console).GetAwaiter().GetResult();
        return new ToolRun(code, output.ToString(), bytes.ToArray(), error.ToString());
    }

    /// <summary>Runs the tool in a process of its own.</summary>
    public static ToolRun Start(byte[] input, params string[] arguments)
    {
        using var process = Process.Start(CreateStart(arguments))!;
        return Finish(process, input, Limit);
    }

    /// <summary>Passes a process its input and waits for its end.</summary>
    public static ToolRun Finish(Process process, byte[] input, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        using var bytes = new MemoryStream();
        try
        {
            var output = process.StandardOutput.BaseStream.CopyToAsync(bytes, limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
            output.GetAwaiter().GetResult();
            return new ToolRun(process.ExitCode, System.Text.Encoding.UTF8.GetString(bytes.ToArray()), bytes.ToArray(), error.GetAwaiter().GetResult());
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Gets what starts the tool.</summary>
    public static ProcessStartInfo CreateStart(params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet, [Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return start;
    }

    /// <summary>Gets the path of the tool's assembly.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "ntd.dll");

    /// <summary>Gets the program that runs assemblies.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet");
}

/// <summary>What a run in this process finds.</summary>
internal sealed record RunSettings
{
    public byte[] Input { get; init; } = [];

    public bool IsTerminal { get; init; }

    public Dictionary<string, string> Environment { get; init; } = [];
}
