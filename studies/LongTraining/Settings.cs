namespace MlNetNtd.Examples.LongTraining;

/// <summary>What the command line asks for.</summary>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Epochs">How many times they are gone through.</param>
/// <param name="CacheMegabytes">What rows may take in memory, above which each epoch reads them again.</param>
/// <param name="OutputFolder">Where the checkpoint, the history and the model go.</param>
internal sealed record Settings(int Rows, int Epochs, int CacheMegabytes, string OutputFolder)
{
    public const int DefaultRows = 20_000;
    public const int MaxRows = 1_000_000_000;
    public const int DefaultEpochs = 4;
    public const int MaxEpochs = 1000;
    public const int DefaultCacheMegabytes = 8;
    public const int MaxCacheMegabytes = 1 << 20;
    public const string DefaultOutputFolder = "long-training";
}
