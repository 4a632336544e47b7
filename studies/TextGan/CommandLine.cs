using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The options, their limits and the help.</summary>
internal static class CommandLine
{
    /// <summary>Parses the arguments, then starts the program or prints the help.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="start">What to do with valid arguments; returns the exit code.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">An argument is unknown, missing, out of its range, or contradicts another.</exception>
    public static int Run(string[] args, TextWriter output, Func<Settings, int> start)
    {
        var preset = new Option<string?>("--preset")
        {
            Description = "The sizes: quick (half a minute on two CPU cores), default (three minutes) or full (for a GPU)",
            HelpName = "quick|default|full",
            CustomParser = ParsePreset,
        };
        var seed = Number("--seed", "N", $"Decides every draw (default: {Settings.DefaultSeed})", 0, int.MaxValue);
        var input = Text("--input", "FILE", "The text to learn from, UTF-8 (default: the book that comes with the example)");
        var rounds = Number("--rounds", "N", $"Adversarial rounds, 1 to {Settings.MaxRounds} (default: by preset)", 1, Settings.MaxRounds);
        var folder = Text("--out", "DIR", $"Where model, checkpoint and curves go (default: {Settings.DefaultOutputFolder}); what a run left there is replaced");
        var resume = new Option<bool>("--resume") { Description = "Go on from the checkpoint in DIR, with its preset, seed and text" };
        var ablation = new Option<bool>("--ablation")
        {
            Description = $"Run {AblationRun.Seeds} seeds from --seed on, each with and without the adversarial term, and compare (a quarter of an hour)",
        };
        var score = Text("--score", "TEXT", "Score a text with the model in DIR, in place of training");

        var root = new RootCommand("A text generator trained against a next-token discriminator of MlNetNtd.")
        {
            preset, seed, input, rounds, folder, resume, ablation, score,
        };
        // The version of an example says nothing.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = Screen.PlainWidth };
        root.SetAction(result => start(Check(new Settings(
            result.GetValue(preset),
            result.GetValue(seed),
            NonEmpty(result, input),
            result.GetValue(rounds),
            NonEmpty(result, folder) ?? Settings.DefaultOutputFolder,
            result.GetValue(resume),
            result.GetValue(ablation),
            result.GetValue(score)))));

        // No response files: a text to score may well begin with @.
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
            throw new UserErrorException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the options.");
        return result.Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
    }

    private static Settings Check(Settings settings)
    {
        if (settings.ScoreText is not null
            && (settings.Resume || settings.Ablation || settings.Preset is not null || settings.Seed is not null || settings.InputPath is not null || settings.Rounds is not null))
        {
            throw new UserErrorException("--score takes the model as it is: of the other options, only --out goes with it.");
        }

        if (settings.Resume && settings.Ablation)
            throw new UserErrorException("--ablation keeps no checkpoint: --resume does not go with it.");
        return settings;
    }

    private static Option<string?> Text(string name, string symbol, string description) =>
        new(name) { Description = description, HelpName = symbol };

    private static Option<int?> Number(string name, string symbol, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = symbol,
        CustomParser = result => WholeNumber.Parse(result, name, least, most),
    };

    private static string? ParsePreset(ArgumentResult result)
    {
        var name = Value(result);
        if (Preset.Find(name) is null)
            result.AddError($"--preset takes {string.Join(" or ", Preset.All.Select(preset => preset.Name))}, not '{name}'");
        return name;
    }

    private static string Value(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static string? NonEmpty(ParseResult result, Option<string?> option) => result.GetValue(option) switch
    {
        "" => throw new UserErrorException($"{option.Name} takes a name, not an empty text."),
        var text => text,
    };
}
