using System.Reflection;

namespace MlNetNtd.Examples.Tests;

/// <summary>Paths that the build writes into the tests' assembly.</summary>
internal static class BuildFacts
{
    /// <summary>The root of the repository.</summary>
    public static string RepoRoot { get; } = Read("RepoRoot");

    /// <summary>The program that runs a model without native libtorch.</summary>
    public static string ScorerHost { get; } = Read("ScorerHost");

    private static string Read(string key) => typeof(BuildFacts).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
