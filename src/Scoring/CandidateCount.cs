namespace MlNetNtd;

/// <summary>Checks K, the number of candidates of each token.</summary>
internal static class CandidateCount
{
    /// <summary>The option's name.</summary>
    public const string Option = "CandidatesPerToken";

    /// <summary>The largest accepted K. It is far above any in use, and bounds what a file may claim.</summary>
    public const int Max = 1024;

    /// <summary>Finds the problem of a number of candidates: the option's name and a description; null if it is valid.</summary>
    public static (string Option, string Problem)? FindProblem(int candidatesPerToken) =>
        candidatesPerToken is < 1 or > Max ? (Option, $"expected 1 to {Max} candidates, found {candidatesPerToken}") : null;

    /// <summary>Describes the number of embeddings of T tokens and their candidates: <c>2 * T</c>, or <c>(1 + K) * T</c>.</summary>
    public static string Embeddings(int tokens, int candidatesPerToken) => Embeddings($"{tokens}", candidatesPerToken);

    /// <inheritdoc cref="Embeddings(int, int)"/>
    public static string Embeddings(string tokens, int candidatesPerToken) =>
        candidatesPerToken == 1 ? $"2 * {tokens}" : $"(1 + {candidatesPerToken}) * {tokens}";
}
