namespace MlNetNtd.Studies.Realism;

/// <summary>A part of a recording, or of what is drawn: windows that follow each other. The windows of a block are one observation.</summary>
/// <param name="Number">The number, different for each block of a comparison.</param>
/// <param name="Windows">The windows, which do not overlap, T steps each.</param>
internal sealed record Block(int Number, IReadOnlyList<double[][]> Windows)
{
    /// <summary>Gets the steps of all windows.</summary>
    public double[][] Steps => [.. Windows.SelectMany(window => window)];

    /// <summary>Cuts steps into a block.</summary>
    public static Block Cut(int number, IEnumerable<double[]> steps, int windowLength) => new(number, [.. steps.Chunk(windowLength)]);

    /// <summary>Cuts a recording into blocks; steps that fill no block are left out.</summary>
    public static IReadOnlyList<Block> CutAll(IReadOnlyList<double[]> steps, int windowLength, int windowsPerBlock) =>
        [.. steps.Chunk(windowLength * windowsPerBlock).Where(chunk => chunk.Length == windowLength * windowsPerBlock).Select((chunk, number) => Cut(number, chunk, windowLength))];
}
