namespace MlNetNtd.Examples.Quickstart;

/// <summary>What the command line asks for.</summary>
/// <param name="InputPath">The text to learn from.</param>
/// <param name="Tokens">T, the tokens of a row.</param>
/// <param name="Dimension">C, the values of an embedding.</param>
/// <param name="OutputPath">Where the model is kept; null: in a temporary file that is removed afterwards.</param>
internal sealed record Settings(string InputPath, int Tokens, int Dimension, string? OutputPath)
{
    public const int DefaultTokens = 16;
    public const int DefaultDimension = 32;

    // A mask has 4 T * T values a row: beyond this the tour would be spent on them.
    public const int MaxTokens = 2048;
    public const int MaxDimension = 256;

    /// <summary>The text that comes with the example.</summary>
    public static string DefaultInputPath => Path.Combine(AppContext.BaseDirectory, "data", "alice.txt");
}
