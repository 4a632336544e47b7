using MlNetNtd.Studies.Sweep;

namespace MlNetNtd.Examples.Tests;

/// <summary>A sweep that takes seconds: it shows output and files, not how well the trials learn.</summary>
internal static class SweepSamples
{
    private const int Characters = 5000;

    public static Hyperparameters Hyperparameters =>
        new() { Tokens = 8, Dimension = 8, Words = 200, HeldOutDraws = 1, Trials = 5, Epochs = 4, Rungs = [1, 2], FinalSeeds = 2 };

    /// <summary>Runs a sweep.</summary>
    /// <returns>The result, and the lines that it prints.</returns>
    public static (SweepResult Result, string[] Lines) Run(TemporaryFolder folder, int seed = 1, int parallel = 2)
    {
        using var output = new StringWriter();
        var seeds = new SweepSeeds(seed, Hyperparameters.Trials);
        var task = WordTask.Read(folder.Write("text.txt", TextGanSamples.Text[..Characters]), Hyperparameters, seeds);
        var result = SweepRun.Run(task, Hyperparameters, seeds, parallel, output);
        return (result, [.. output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'), .. Report.CreateLines(result, Hyperparameters.Dimension, task.ComputePairAuc())]);
    }
}
