using System.Reflection;

namespace MlNetNtd.Packages.Tests;

/// <summary>Facts of the build, written into the test assembly by the project file.</summary>
internal static class BuildFacts
{
    /// <summary>The root of the tree the tests were built from.</summary>
    public static string RepoRoot { get; } = Read("RepoRoot");

    /// <summary>Where restored packages lie.</summary>
    public static string PackageCache { get; } = Read("PackageCache");

    /// <summary>The folder of the restored package TorchSharp.</summary>
    public static string TorchSharpPackage { get; } = Read("TorchSharpPackage");

    /// <summary>The package of native libtorch for this machine, and its version.</summary>
    public static (string Id, string Version) NativePackage { get; } = Read("NativePackage") is var id && id.StartsWith("libtorch-", StringComparison.Ordinal)
        ? (id, Read("LibtorchVersion"))
        : (id, Read("TorchSharpVersion"));

    /// <summary>Files of a folder of the tree, without what builds have left there, relative to its root.</summary>
    public static IEnumerable<string> FilesUnder(string folder) => Directory
        .EnumerateFiles(Path.Combine(RepoRoot, folder), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(RepoRoot, file))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string Read(string key) => typeof(BuildFacts).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
