namespace MlNetNtd.Examples.TextGan;

/// <summary>What the command line asks for.</summary>
/// <param name="Preset">The sizes; null: not given.</param>
/// <param name="Seed">Decides every draw; null: not given.</param>
/// <param name="InputPath">The text to learn from; null: not given.</param>
/// <param name="Rounds">How many adversarial rounds; null: not given.</param>
/// <param name="OutputFolder">Where model, checkpoint and curves go.</param>
/// <param name="Resume">Whether to go on from the checkpoint in that folder.</param>
/// <param name="Ablation">Whether to measure what the adversarial term is good for, in place of a single run.</param>
/// <param name="ScoreText">A text to score with the model in that folder, in place of training; null: train.</param>
internal sealed record Settings(
    string? Preset, int? Seed, string? InputPath, int? Rounds, string OutputFolder, bool Resume, bool Ablation, string? ScoreText)
{
    public const int DefaultSeed = 1;
    public const int MaxRounds = 1000;
    public const string DefaultOutputFolder = "textgan";

    /// <summary>The text that comes with the examples.</summary>
    public static string DefaultInputPath => Path.Combine(AppContext.BaseDirectory, "data", "alice.txt");
}
