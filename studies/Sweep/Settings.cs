namespace MlNetNtd.Examples.Sweep;

/// <summary>What the command line asks for.</summary>
/// <param name="Trials">How many options are tried, the default ones among them; null: not given.</param>
/// <param name="Seed">Decides every draw; null: not given.</param>
/// <param name="InputPath">The text; null: not given.</param>
/// <param name="Parallel">How many trials train at a time.</param>
/// <param name="OutputFolder">Where trials, chart and model go.</param>
/// <param name="Resume">Whether to go on from the trials in that folder.</param>
internal sealed record Settings(int? Trials, int? Seed, string? InputPath, int Parallel, string OutputFolder, bool Resume)
{
    public const int DefaultTrials = 24;
    public const int MaxTrials = 256;
    public const int MaxParallel = 256;
    public const int DefaultSeed = 1;
    public const string DefaultOutputFolder = "sweep";

    /// <summary>The text that comes with the examples.</summary>
    public static string DefaultInputPath => TextGan.Settings.DefaultInputPath;
}
