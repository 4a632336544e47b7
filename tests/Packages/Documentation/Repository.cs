namespace MlNetNtd.Packages.Tests;

/// <summary>The files of the repository.</summary>
internal static class Repository
{
    /// <summary>Where a file is.</summary>
    /// <param name="path">From the repository's root, with slashes.</param>
    public static string PathOf(string path) => Path.GetFullPath(Path.Combine(BuildFacts.RepoRoot, path));

    /// <summary>The lines of a file.</summary>
    /// <param name="path">From the repository's root, with slashes.</param>
    public static string[] ReadLines(string path) => File.ReadAllLines(PathOf(path));
}
