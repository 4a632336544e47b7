namespace MlNetNtd.Examples.TextGan;

/// <summary>The sizes of a generator.</summary>
/// <param name="Words">V.</param>
/// <param name="Dimension">C.</param>
/// <param name="Hidden">H, the width of its state.</param>
internal sealed record GeneratorShape(int Words, int Dimension, int Hidden);
