namespace MlNetNtd.Examples.TextGan;

/// <summary>The sizes of a generator.</summary>
/// <param name="Words">V.</param>
/// <param name="Dimension">C.</param>
/// <param name="Hidden">H, the width of its state.</param>
/// <param name="Dropout">The share of inputs, and of states on their way out, that it leaves out at random while it learns.</param>
internal sealed record GeneratorShape(int Words, int Dimension, int Hidden, double Dropout);
