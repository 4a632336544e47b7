using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Examples.Tests;

/// <summary>Texts on which TextGan runs in seconds.</summary>
internal static class TextGanSamples
{
    private const int Characters = 12000;

    /// <summary>The beginning of the book.</summary>
    public static string Text => File.ReadAllText(TextDataset.DefaultPath)[..Characters];

    /// <summary>A text in which the next word is certain but for the beginning of a window.</summary>
    public static string Refrain => string.Concat(Enumerable.Repeat("one two three four five six seven . ", 100));

    public static TextDataset ReadDataset(TemporaryFolder folder, string text, Hyperparameters? hyperparameters = null)
    {
        hyperparameters ??= Hyperparameters.Default with { Tokens = 8 };
        return TextDataset.Read(folder.Write("text.txt", text), hyperparameters.Tokens, hyperparameters.Words);
    }

    public static Experiment CreateExperiment(TemporaryFolder folder, string text, Hyperparameters? hyperparameters = null)
    {
        hyperparameters ??= Hyperparameters.Default;
        return new Experiment(hyperparameters, ReadDataset(folder, text, hyperparameters), new Seeds(1), new Compute(1));
    }

    /// <summary>Runs the program and waits for its end.</summary>
    public static async Task<ProgramEnd> Run(params string[] arguments)
    {
        using var process = ExampleProcess.Start("TextGan", arguments);
        return await process.End();
    }
}
