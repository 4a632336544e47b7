namespace MlNetNtd.Examples;

/// <summary>A number with its noun: 1 token, 2 tokens.</summary>
internal static class Counted
{
    public static string Of(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
