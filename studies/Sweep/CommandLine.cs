using System.CommandLine;
using System.CommandLine.Help;

namespace MlNetNtd.Examples.Sweep;

/// <summary>The options, their limits and the help.</summary>
internal static class CommandLine
{
    /// <summary>Parses the arguments, then starts the program or prints the help.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="start">What to do with valid arguments; returns the exit code.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">An argument is unknown, missing or out of its range.</exception>
    public static int Run(string[] args, TextWriter output, Func<Settings, int> start)
    {
        var trials = Number("--trials", $"How many options are tried, the default ones among them, 2 to {Settings.MaxTrials} (default: {Settings.DefaultTrials})", 2, Settings.MaxTrials);
        var seed = Number("--seed", $"Decides every draw (default: {Settings.DefaultSeed})", 0, int.MaxValue);
        var input = Text("--input", "FILE", "The text to learn from, UTF-8 (default: the book that comes with the example)");
        var parallel = Number("--parallel", "How many train at a time, which changes no figure (default: as many as there are cores)", 1, Settings.MaxParallel);
        var folder = Text("--out", "DIR", $"Where trials, chart and model go (default: {Settings.DefaultOutputFolder}); what a run left there is replaced");
        var resume = new Option<bool>("--resume") { Description = "Go on from the trials in DIR, with their number, seed and text" };

        var root = new RootCommand("Searches the options of MlNetNtd's trainer: random search and successive halving, on public API alone.")
        {
            trials, seed, input, parallel, folder, resume,
        };
        // The version of an example says nothing.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = Screen.PlainWidth };
        root.SetAction(result => start(new Settings(
            result.GetValue(trials),
            result.GetValue(seed),
            NonEmpty(result, input),
            result.GetValue(parallel) ?? Environment.ProcessorCount,
            NonEmpty(result, folder) ?? Settings.DefaultOutputFolder,
            result.GetValue(resume))));

        // No response files: a file may well be called @something.
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
            throw new UserErrorException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the options.");
        return result.Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
    }

    private static Option<string?> Text(string name, string symbol, string description) =>
        new(name) { Description = description, HelpName = symbol };

    private static Option<int?> Number(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => WholeNumber.Parse(result, name, least, most),
    };

    private static string? NonEmpty(ParseResult result, Option<string?> option) => result.GetValue(option) switch
    {
        "" => throw new UserErrorException($"{option.Name} takes a name, not an empty text."),
        var text => text,
    };
}
