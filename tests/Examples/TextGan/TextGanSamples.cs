using MlNetNtd.Examples.TextGan;

namespace MlNetNtd.Examples.Tests;

/// <summary>Texts that a TextGan run is done with in seconds.</summary>
internal static class TextGanSamples
{
    private const int Characters = 12000;

    /// <summary>The beginning of the book.</summary>
    public static string Text => File.ReadAllText(Settings.DefaultInputPath)[..Characters];

    /// <summary>A text in which the next word is certain but for the beginning of a window.</summary>
    public static string Refrain => string.Concat(Enumerable.Repeat("one two three four five six seven . ", 100));

    public static Story Story(TemporaryFolder folder, string text, Preset? preset = null)
    {
        preset ??= Preset.Default with { Tokens = 8 };
        return TextGan.Story.Read(folder.Write("text.txt", text), preset.Tokens, preset.Words);
    }

    public static Workbench Bench(TemporaryFolder folder, string text, Preset? preset = null)
    {
        preset ??= Preset.Default;
        return new Workbench(preset, Story(folder, text, preset), new Seeds(1), new Machine(1));
    }

    /// <summary>Runs the program and waits for its end.</summary>
    public static async Task<ProgramEnd> Run(params string[] arguments)
    {
        using var process = ExampleProcess.Start("TextGan", arguments);
        return await process.End();
    }
}
