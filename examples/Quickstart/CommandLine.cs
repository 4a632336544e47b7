using System.CommandLine;
using System.CommandLine.Help;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The options, their limits and the help.</summary>
internal static class CommandLine
{
    /// <summary>Parses the arguments, then runs the tour or prints the help.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="tour">What to do with valid arguments; returns the exit code.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">An argument is unknown, missing or out of its range.</exception>
    public static int Run(string[] args, TextWriter output, Func<Settings, int> tour)
    {
        var input = new Option<string>("--input")
        {
            Description = "The text to learn from, UTF-8 (default: the book that comes with the example)",
            HelpName = "FILE",
        };
        var tokens = Number("--tokens", "T", "Tokens a row", Settings.DefaultTokens, Settings.MaxTokens);
        var dimension = Number("--dim", "C", "Values an embedding", Settings.DefaultDimension, Settings.MaxDimension);
        var keep = new Option<string>("--out")
        {
            Description = "Where to keep the model (default: a temporary file, removed afterwards)",
            HelpName = "model.zip",
        };

        var root = new RootCommand("A tour of MlNetNtd: from a text to what a next-token discriminator reads.")
        {
            input, tokens, dimension, keep,
        };
        // The version of an example says nothing; those of the libraries are part of the tour.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = Report.Width };
        root.SetAction(result => tour(new Settings(
            NonEmpty(result, input) ?? Settings.DefaultInputPath,
            result.GetValue(tokens),
            result.GetValue(dimension),
            NonEmpty(result, keep))));

        // No response files: a file may well be called @something.
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
            throw new UserErrorException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the options.");
        return result.Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
    }

    private static Option<int> Number(string name, string symbol, string description, int byDefault, int most) => new(name)
    {
        Description = $"{description}, 1 to {most}",
        HelpName = symbol,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => WholeNumber.Parse(result, name, 1, most) ?? 0,
    };

    private static string? NonEmpty(ParseResult result, Option<string> option) => result.GetValue(option) switch
    {
        "" => throw new UserErrorException($"{option.Name} takes the name of a file, not an empty text."),
        var path => path,
    };
}
