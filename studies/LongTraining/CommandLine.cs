using System.CommandLine;
using System.CommandLine.Help;

namespace MlNetNtd.Examples.LongTraining;

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
        var rows = Number("--rows", "Rows, made while they are read", 100, Settings.MaxRows, Settings.DefaultRows);
        var epochs = Number("--epochs", "Epochs", 1, Settings.MaxEpochs, Settings.DefaultEpochs);
        var cache = Number("--cache", "Megabytes of rows to keep in memory; where there are more, each epoch reads them again", 1, Settings.MaxCacheMegabytes, Settings.DefaultCacheMegabytes);
        var folder = new Option<string?>("--out")
        {
            Description = $"Where checkpoint, history and model go (default: {Settings.DefaultOutputFolder}); a training that was stopped there goes on",
            HelpName = "DIR",
        };

        var root = new RootCommand("Trains a discriminator of MlNetNtd on more rows than it keeps, and can be stopped and started again at any moment.")
        {
            rows, epochs, cache, folder,
        };
        // The version of an example says nothing.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = Screen.PlainWidth };
        root.SetAction(result => start(new Settings(
            result.GetValue(rows), result.GetValue(epochs), result.GetValue(cache), NonEmpty(result.GetValue(folder)))));

        // No response files: a folder may well be called @something.
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
            throw new UserErrorException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the options.");
        return result.Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
    }

    private static Option<int> Number(string name, string description, int least, int most, int unless) => new(name)
    {
        // The library adds the default.
        Description = $"{description}, {least} to {most}",
        HelpName = "N",
        DefaultValueFactory = _ => unless,
        CustomParser = result => WholeNumber.Parse(result, name, least, most) ?? 0,
    };

    private static string NonEmpty(string? folder) =>
        folder is "" ? throw new UserErrorException("--out takes a name, not an empty text.") : folder ?? Settings.DefaultOutputFolder;
}
