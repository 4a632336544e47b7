namespace MlNetNtd.Examples.Imitation;

/// <summary>What the command line asks for.</summary>
/// <param name="Seeds">How many seeds.</param>
/// <param name="FirstSeed">The first of them; the others follow it.</param>
/// <param name="OutputFolder">Where picture, chart and model go.</param>
internal sealed record Settings(int Seeds, int FirstSeed, string OutputFolder)
{
    public const int DefaultSeeds = 5;
    public const int MaxSeeds = 20;
    public const int DefaultFirstSeed = 1;
    public const int MaxFirstSeed = 1_000_000;
    public const string DefaultOutputFolder = "imitation";
}
