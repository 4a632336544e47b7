using System.Text.Json;

namespace MlNetNtd.Examples.Tests;

/// <summary>The packages that <c>dotnet run --project examples/Quickstart</c> restores in a fresh clone.</summary>
[TestClass]
public sealed class QuickstartDownloadTests
{
    private const long MaxBytes = 60_000_000;

    [TestMethod]
    public void Quickstart_downloads_less_than_60_MB()
    {
        var folder = Path.Combine(BuildFacts.RepoRoot, "examples", "Quickstart");
        // Every project that takes part in the build of Quickstart restores packages of its own. Those of build/ run as tools.
        string[] tools = [.. Directory.GetFiles(Path.Combine(BuildFacts.RepoRoot, "build"), "project.assets.json", SearchOption.AllDirectories)];
        var sizes = ReadProjects(Path.Combine(folder, "obj", "Quickstart.csproj.nuget.dgspec.json"))
            .Select(project => Path.Combine(Path.GetDirectoryName(project)!, "obj", "project.assets.json"))
            .Concat(tools)
            .SelectMany(ReadPackages)
            .DistinctBy(package => package.FullName)
            .ToDictionary(package => package.Name, package => package.Length);

        Assert.IsTrue(sizes.Keys.Any(name => name.StartsWith("microsoft.ml.", StringComparison.Ordinal)), "It needs ML.NET.");
        Assert.IsFalse(sizes.Keys.Any(name => name.StartsWith("libtorch", StringComparison.Ordinal)), "It needs no libtorch.");
        Assert.IsLessThan(MaxBytes, sizes.Values.Sum(), string.Join('\n', sizes));
    }

    private static string[] ReadProjects(string dependencyGraph)
    {
        using var graph = JsonDocument.Parse(File.ReadAllText(dependencyGraph));
        return [.. graph.RootElement.GetProperty("projects").EnumerateObject().Select(project => project.Name)];
    }

    // The .nupkg files, as they were downloaded.
    private static IEnumerable<FileInfo> ReadPackages(string assetsFile)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(assetsFile));
        string[] caches = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
        return [.. assets.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => library.Value.GetProperty("path").GetString()!)
            .Select(path => caches.Select(cache => new DirectoryInfo(Path.Combine(cache, path))).First(package => package.Exists))
            .SelectMany(package => package.EnumerateFiles("*.nupkg"))];
    }
}
