using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MlNetNtd.Tool;

/// <summary>Prints the help of a command, then its examples.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    // Wide enough for the descriptions, narrow enough for a terminal.
    private const int Width = 120;

    private readonly HelpAction _help;

    public HelpWithExamples(HelpAction help)
    {
        _help = help;
        _help.MaxWidth = Width;
    }

    // The help has precedence over missing arguments.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        if (command is DescribedCommand described)
            described.Describe();
        var code = _help.Invoke(parseResult);
        if (command is not DescribedCommand { Examples.Count: > 0 } withExamples)
            return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in withExamples.Examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
