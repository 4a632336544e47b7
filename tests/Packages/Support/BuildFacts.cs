using System.Reflection;

namespace MlNetNtd.Packages.Tests;

/// <summary>What the build that made these tests knew, written into their assembly by the project file.</summary>
internal static class BuildFacts
{
    /// <summary>The root of the tree the tests were built from.</summary>
    public static string RepoRoot { get; } = Read("RepoRoot");

    /// <summary>Files of a folder of the tree, without what builds have left there, relative to its root.</summary>
    public static IEnumerable<string> FilesUnder(string folder, string pattern) => Directory
        .EnumerateFiles(Path.Combine(RepoRoot, folder), pattern, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(RepoRoot, file))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string Read(string key) => typeof(BuildFacts).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
