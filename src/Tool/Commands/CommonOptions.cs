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

    public static Option<bool> Json() => new("--json") { Description = "Prints JSON instead of text" };

    public static Argument<string> ModelArgument() => new("MODEL") { Description = "The model zip" };
}
