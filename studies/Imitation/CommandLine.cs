using System.CommandLine;
using System.CommandLine.Help;

namespace MlNetNtd.Examples.Imitation;

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
        var seeds = Number("--seeds", "How many seeds, one after another", Settings.DefaultSeeds, 1, Settings.MaxSeeds);
        var first = Number("--seed", "The first seed, which decides every draw", Settings.DefaultFirstSeed, 0, Settings.MaxFirstSeed);
        var folder = new Option<string?>("--out")
        {
            Description = $"Where picture, chart and model go (default: {Settings.DefaultOutputFolder}); what a run left there is replaced",
            HelpName = "DIR",
        };

        var root = new RootCommand("Three learners watch experts walk past an obstacle, half of them on either side: regression, an adversary, an adversary on policy.")
        {
            seeds, first, folder,
        };
        // The version of an example says nothing.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = Screen.PlainWidth };
        root.SetAction(result => start(new Settings(result.GetValue(seeds), result.GetValue(first), Folder(result.GetValue(folder)))));

        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
            throw new UserErrorException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the options.");
        return result.Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
    }

    private static Option<int> Number(string name, string description, int byDefault, int least, int most) => new(name)
    {
        Description = $"{description}, {least} to {most}",
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => WholeNumber.Parse(result, name, least, most) ?? 0,
    };

    private static string Folder(string? name) => name switch
    {
        "" => throw new UserErrorException("--out takes the name of a folder, not an empty text."),
        null => Settings.DefaultOutputFolder,
        _ => name,
    };
}
