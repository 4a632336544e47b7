using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace MlNetNtd.Packages.Tests;

/// <summary>The packages, packed from a copy of the sources because other builds use the tree itself.</summary>
internal sealed class PackedPackages : IDisposable
{
    /// <summary>A version that no package source has.</summary>
    public const string Version = "0.0.1-consumer";

    private static readonly Lazy<PackedPackages> OfAllTests = new(() => new PackedPackages());

    private readonly TemporaryFolder _folder = new();

    private PackedPackages()
    {
        string[] atTheRoot = [.. Directory.EnumerateFiles(BuildFacts.RepoRoot, "Directory.*"), "global.json", "nuget.config", "LICENSE", ".editorconfig", "MlNetNtd.sln"];
        foreach (var file in atTheRoot.Select(file => Path.GetRelativePath(BuildFacts.RepoRoot, Path.Combine(BuildFacts.RepoRoot, file))).Concat(BuildFacts.FilesUnder("src")).Concat(BuildFacts.FilesUnder("build")))
            Copy(file);
        Directory.CreateDirectory(_folder.Combine("tree", "packages"));
        ToolCacheBefore = ToolCache();
        DotnetCommand.Run(
            _folder.Combine("tree"), "pack", "src/Packages.slnf", "-o", Feed, $"-p:Version={Version}", "-p:RepositoryUrl=https://example.org/mlnetntd", "-tl:off", "-warnaserror");
    }

    /// <summary>What the SDK remembered of local tools in the user's home before.</summary>
    public IReadOnlyDictionary<string, DateTime> ToolCacheBefore { get; }

    /// <summary>Packed once; freed when the tests are over.</summary>
    public static PackedPackages Instance => OfAllTests.Value;

    /// <summary>The folder that holds them, a package source.</summary>
    public string Feed => _folder.Combine("feed");

    /// <summary>Their ids.</summary>
    public IEnumerable<string> Ids => Directory.EnumerateFiles(Feed, "*.nupkg")
        .Select(file => Path.GetFileName(file)[..^$".{Version}.nupkg".Length]).Order(StringComparer.Ordinal);

    /// <summary>Packs one project of the same tree into another folder.</summary>
    /// <returns>What was printed.</returns>
    public string PackOne(string project, string output, params string[] arguments) => DotnetCommand.Run(
        _folder.Combine("tree"), ["pack", project, "-o", output, $"-p:Version={Version}", "-tl:off", "-warnaserror", .. arguments]);

    /// <summary>What the SDK remembers of local tools in the user's home.</summary>
    public static Dictionary<string, DateTime> ToolCache()
    {
        var home = Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var folder = new DirectoryInfo(Path.Combine(home, ".dotnet", "toolResolverCache"));
        return folder.Exists
            ? folder.EnumerateFiles("*yclone*", SearchOption.AllDirectories).ToDictionary(file => file.FullName, file => file.LastWriteTimeUtc)
            : [];
    }

    public static void DisposeInstance()
    {
        if (OfAllTests.IsValueCreated)
            OfAllTests.Value.Dispose();
    }

    /// <summary>The files of a package, without what every package has.</summary>
    public string[] Files(string id, string extension = "nupkg")
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.{extension}"));
        return [.. package.Entries.Select(entry => entry.FullName)
            .Where(name => !name.StartsWith("_rels", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
                && name != "[Content_Types].xml" && !name.EndsWith(".nuspec", StringComparison.Ordinal))];
    }

    /// <summary>A file of a package, as JSON.</summary>
    public JsonElement Json(string id, string file)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.nupkg"));
        using var json = package.GetEntry(file)!.Open();
        return JsonDocument.Parse(json).RootElement;
    }

    /// <summary>The page that a feed shows of a package.</summary>
    public string Page(string id)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.nupkg"));
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>The metadata of a package.</summary>
    public XElement Metadata(string id)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.nupkg"));
        using var nuspec = package.GetEntry($"{id}.nuspec")!.Open();
        return XDocument.Load(nuspec).Root!.Elements().Single();
    }

    public void Dispose() => _folder.Dispose();

    private void Copy(string relative)
    {
        var target = _folder.Combine("tree", relative);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Path.Combine(BuildFacts.RepoRoot, relative), target);
    }
}
