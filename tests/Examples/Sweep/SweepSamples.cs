using MlNetNtd.Examples.Sweep;

namespace MlNetNtd.Examples.Tests;

/// <summary>A sweep that is done in seconds: what it prints and leaves, not how well its trials learn.</summary>
internal static class SweepSamples
{
    public const int Trials = 5;

    private const int Characters = 5000;

    public static Recipe Recipe => new() { Tokens = 8, Dimension = 8, Words = 200, HeldOutDraws = 1, Epochs = 4, Rungs = [1, 2], FinalSeeds = 2 };

    /// <summary>The beginning of the book's beginning.</summary>
    public static string Text => TextGanSamples.Text[..Characters];

    public static Settings Settings(TemporaryFolder folder, string output, int? seed = 1, int parallel = 2) =>
        new(Trials, seed, folder.Write("text.txt", Text), parallel, folder.PathOf(output), Resume: false);

    /// <summary>Goes on from what is there, with nothing said but the folder.</summary>
    public static Settings Resumed(TemporaryFolder folder, string output) =>
        new(Trials: null, Seed: null, InputPath: null, Parallel: 2, folder.PathOf(output), Resume: true);

    /// <summary>Runs a sweep.</summary>
    /// <returns>What it printed.</returns>
    public static string[] Run(Settings settings, CancellationToken interrupt = default)
    {
        using var output = new StringWriter();
        var code = new Session(settings, new Screen(output, plain: true), interrupt, Recipe).Run();
        // Whether so short a training gains anything is no matter here.
        Assert.IsTrue(code is ExitCodes.Success or ExitCodes.LearnedNothing);
        return output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }

    /// <summary>The lines of a sweep's file.</summary>
    public static string[] Lines(TemporaryFolder folder, string output) => File.ReadAllLines(FileOf(folder, output));

    public static string FileOf(TemporaryFolder folder, string output) => Path.Combine(folder.PathOf(output), "trials.jsonl");
}
