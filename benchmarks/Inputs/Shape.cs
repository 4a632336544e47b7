namespace MlNetNtd.Benchmarks;

/// <summary>The size of a row.</summary>
/// <param name="Tokens">T.</param>
/// <param name="Dimension">C.</param>
internal readonly record struct Shape(int Tokens, int Dimension)
{
    /// <summary>The number of values of one input column.</summary>
    public int HalfValues => Tokens * Dimension;

    public override string ToString() => $"T={Tokens}, C={Dimension}";
}
