using System.Reflection;

namespace MlNetNtd.Serving.Tests;

/// <summary>Paths that the build writes into the tests' assembly.</summary>
internal static class BuildFacts
{
    /// <summary>The root of the repository.</summary>
    public static string RepoRoot { get; } = typeof(BuildFacts).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == nameof(RepoRoot)).Value!;
}
