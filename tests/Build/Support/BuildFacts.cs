using System.Reflection;

namespace MlNetNtd.Build.Tests;

/// <summary>What the build that made these tests knew, written into their assembly by the project file.</summary>
internal static class BuildFacts
{
    /// <summary>The root of the tree the tests were built from.</summary>
    public static string RepoRoot { get; } = Read("RepoRoot");

    /// <summary>Whether that build used the real packages.</summary>
    public static bool UpstreamPackages { get; } = Read("UpstreamPackages") == "true";

    /// <summary>Files of a folder of the tree, without what builds have left there, relative to its root.</summary>
    public static IEnumerable<string> FilesUnder(string folder, string pattern) => Directory
        .EnumerateFiles(Path.Combine(RepoRoot, folder), pattern, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(RepoRoot, file))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string Read(string key) => typeof(BuildFacts).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}

/// <summary>Runs only where the build uses the real Microsoft.ML and TorchSharp.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsRealPackagesAttribute : ConditionBaseAttribute
{
    public NeedsRealPackagesAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs the real Microsoft.ML and TorchSharp packages";

    public override string GroupName => "RealPackages";

    public override bool IsConditionMet => BuildFacts.UpstreamPackages;
}
