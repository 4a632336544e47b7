using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>ntd mask: draws the attention mask.</summary>
internal static class MaskCommand
{
    private const int MaxTextTokens = 64;
    private const int MaxSvgTokens = 256;

    public static Command Create(ToolConsole console)
    {
        var tokens = new Option<int>("--tokens") { Description = $"T, 1 to {MaxTextTokens}, in a file 1 to {MaxSvgTokens}", HelpName = "T", DefaultValueFactory = _ => 4 };
        var svg = new Option<string?>("--svg") { Description = "Draws the mask into this SVG file instead", HelpName = "FILE" };
        var command = new DescribedCommand(
            "mask", "Draws which tokens each token attends.", "ntd mask --tokens 6", "ntd mask --tokens 6 --svg mask.svg") { tokens, svg };
        command.Runs((result, _) =>
        {
            var (count, file) = (result.GetValue(tokens), result.GetValue(svg));
            var most = file is null ? MaxTextTokens : MaxSvgTokens;
            if (count < 1 || count > most)
                throw new ToolException($"--tokens: expected 1 to {most}, found {count}.");
            if (file is null)
                console.Out.Write(MaskDrawing.DrawText(count));
            else
                OutputFile.WriteText(file, MaskDrawing.DrawSvg(count));
            return ExitCode.Success;
        });
        return command;
    }
}
