using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<string?> Model(bool required) => new("--model", "-m")
    {
        Description = "The model zip",
        HelpName = "FILE",
        Required = required,
    };

    public static Argument<string[]> Inputs() => new("INPUT")
    {
        Description = "Parquet or Arrow files, patterns such as 'part-*.parquet', or - for an Arrow stream on standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<string[]> Columns() => new("--column")
    {
        Description = "Reads the model's column MODEL from the file's column FILE; may be repeated",
        HelpName = "MODEL=FILE",
    };

    public static Option<bool> Json() => new("--json") { Description = "Prints JSON instead of text" };

    public static Argument<string> ModelArgument() => new("MODEL") { Description = "The model zip" };
}
