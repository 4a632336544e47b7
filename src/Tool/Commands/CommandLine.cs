using System.CommandLine;
using System.CommandLine.Help;

namespace MlNetNtd.Tool;

/// <summary>The commands of ntd.</summary>
internal static class CommandLine
{
    /// <summary>The beginning of the message of a command that was interrupted.</summary>
    public const string Interrupted = "interrupted";

    // A training writes a checkpoint when it is interrupted.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Parses the arguments and runs the command.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="console">The streams and the environment.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, ToolConsole console)
    {
        // No response files: a path may begin with @.
        var result = CreateRoot(console).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not (HelpAction or HelpWithExamples))
        {
            Report(console, $"{ErrorText.OneLine(result.Errors[0].Message).TrimEnd('.')}; --help lists the options.");
            return ExitCode.Usage;
        }

        try
        {
            return await result.InvokeAsync(new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TerminationTimeout,
            });
        }
        catch (OperationCanceledException e)
        {
            Report(console, e.Message.StartsWith(Interrupted, StringComparison.Ordinal) ? e.Message : $"{Interrupted}.");
            return ExitCode.Interrupted;
        }
        // A pipe whose reader has gone.
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            Report(console, ErrorText.Describe(e));
            return ExitCode.Failure;
        }
    }

    /// <summary>Creates the root command.</summary>
    public static RootCommand CreateRoot(ToolConsole console)
    {
        var root = new RootCommand("Uses saved models of MlNetNtd, the next-token discriminator for ML.NET, without a program.")
        {
            HelpName = "ntd",
        };
        foreach (var command in (Command[])
            [
                ScoreCommand.Create(console), EvaluateCommand.Create(console), TrainCommand.Create(console), TransformCommand.Create(console),
                InspectCommand.Create(console), WeightsCommand.Create(console), OnnxCommand.Create(console), MaskCommand.Create(console), CompletionCommand.Create(console),
            ])
        {
            root.Add(command);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    /// <summary>Writes an error.</summary>
    public static void Report(ToolConsole console, string message) => console.Error.WriteLine($"ntd: {message}");

    private static int BrokenPipe => OperatingSystem.IsWindows() ? unchecked((int)0x8007006D) : 32;
}
