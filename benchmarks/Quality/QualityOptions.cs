using System.Globalization;
using System.Text.Json;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>The flags of the command <c>quality</c>.</summary>
internal sealed class QualityOptions
{
    /// <summary>The flags, for an unknown one.</summary>
    public const string Help =
        "[FILE] [--texts kjv,anarchism,wordnet] [--text FILE] [--candidates unigram,bigram,trigram,positions] [--rows 1000,4000] "
        + "[--seeds 1,2,3] [--contenders NAME,...] [--test-rows 2000] [--vocabulary 3000] [--dimension 64] [--window 32] [--options JSON] [--quick]";

    /// <summary>The texts of Debian packages, by name.</summary>
    public IReadOnlyList<string> Texts { get; private set; } = [.. DebianText.All.Select(text => text.Name)];

    /// <summary>A text of your own, in place of those; null for none.</summary>
    public string? TextFile { get; private set; }

    public IReadOnlyList<string> Candidates { get; private set; } = TextModels.Generators;

    /// <summary>The numbers of training rows.</summary>
    public IReadOnlyList<int> Rows { get; private set; } = [1000, 4000];

    public IReadOnlyList<int> Seeds { get; private set; } = [1, 2, 3];

    /// <summary>The names of the contenders; empty for all.</summary>
    public IReadOnlyList<string> Contenders { get; private set; } = [];

    public int TestRows { get; private set; } = 2000;

    /// <summary>V.</summary>
    public int Vocabulary { get; private set; } = 3000;

    /// <summary>C.</summary>
    public int Dimension { get; private set; } = 64;

    /// <summary>T.</summary>
    public int WindowTokens { get; private set; } = 32;

    /// <summary>Options of the trainer, as JSON; those that are not named have their defaults.</summary>
    public string TrainerJson { get; private set; } = "{}";

    /// <summary>The Markdown file whose section <c>quality</c> receives the table; null for none.</summary>
    public string? File { get; private set; }

    /// <summary>Creates the trainer's options.</summary>
    public NextTokenDiscriminatorTrainer.Options CreateTrainerOptions() => JsonSerializer.Deserialize<NextTokenDiscriminatorTrainer.Options>(TrainerJson)!;

    /// <summary>Reads the flags.</summary>
    /// <exception cref="ArgumentException">A flag is unknown or has no valid value.</exception>
    public static QualityOptions Parse(string[] arguments)
    {
        var options = new QualityOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var flag = arguments[i];
            if (flag == "--quick")
                (options.Texts, options.Candidates, options.Rows, options.Seeds) = (["kjv"], ["bigram", "positions"], [1000, 2000], [1]);
            else if (!flag.StartsWith("--", StringComparison.Ordinal))
                options.File = flag;
            else
                options.Set(flag, i + 1 < arguments.Length ? arguments[++i] : throw new ArgumentException($"{flag}: expected a value, found none."));
        }

        return options;
    }

    private void Set(string flag, string value)
    {
        switch (flag)
        {
            case "--texts":
                Texts = Names(flag, value, [.. DebianText.All.Select(text => text.Name)]);
                break;
            case "--text":
                TextFile = value;
                break;
            case "--candidates":
                Candidates = Names(flag, value, TextModels.Generators);
                break;
            case "--rows":
                Rows = Numbers(flag, value, least: 2);
                break;
            case "--seeds":
                Seeds = Numbers(flag, value, least: 0);
                break;
            case "--contenders":
                Contenders = value.Split(',');
                break;
            case "--test-rows":
                TestRows = Number(flag, value, least: 2);
                break;
            case "--vocabulary":
                Vocabulary = Number(flag, value, least: 2);
                break;
            case "--dimension":
                Dimension = Number(flag, value, least: 1);
                break;
            case "--window":
                WindowTokens = Number(flag, value, least: 2);
                break;
            case "--options":
                TrainerJson = value;
                break;
            default:
                throw new ArgumentException($"expected a flag of {Help}, found {flag}.");
        }
    }

    private static string[] Names(string flag, string value, string[] known)
    {
        var names = value.Split(',');
        return Array.Find(names, name => !known.Contains(name)) is { } unknown
            ? throw new ArgumentException($"{flag}: expected names of {string.Join(", ", known)}, found {unknown}.")
            : names;
    }

    private static int[] Numbers(string flag, string value, int least) => [.. value.Split(',').Select(number => Number(flag, number, least))];

    private static int Number(string flag, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ArgumentException($"{flag}: expected a whole number of at least {least}, found {value}.");
}
