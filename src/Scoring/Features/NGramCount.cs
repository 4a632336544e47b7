namespace MlNetNtd;

/// <summary>What was counted of some tokens and the one after them.</summary>
/// <param name="Context">How often a token followed the context.</param>
/// <param name="NGram">How often this one did.</param>
internal readonly record struct NGramCount(int Context, int NGram);
