using System.IO.Compression;
using System.Text.Json;

namespace MlNetNtd.Build.Tests;

/// <summary>Packages with the real ones' names and versions and nothing in them.</summary>
internal static class EmptyPackages
{
    private static readonly Lazy<IReadOnlyList<(string Id, string Version)>> AskedFor = new(ReadProbe);

    /// <summary>The packages that the probe asks for, on machines with a GPU and without, in the versions it asks for.</summary>
    public static IReadOnlyList<(string Id, string Version)> Asked => AskedFor.Value;

    /// <summary>Puts all packages that the probe asks for into a folder source.</summary>
    public static void Fill(string folder)
    {
        foreach (var (id, version) in Asked)
            Write(folder, id, version);
    }

    /// <summary>Puts one package into a folder source.</summary>
    public static void Write(string folder, string id, string version)
    {
        using var package = ZipFile.Open(Path.Combine(folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using var writer = new StreamWriter(package.CreateEntry(id + ".nuspec").Open());
        writer.Write($"""
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>{id}</id>
                <version>{version}</version>
                <authors>nobody</authors>
                <description>Empty: for a test of the build.</description>
              </metadata>
            </package>
            """);
    }

    private static List<(string Id, string Version)> ReadProbe()
    {
        var items = DotnetCommand.Run(
            BuildFacts.RepoRoot, DotnetCommand.Environment(withSources: false),
            "msbuild", "build/probe/probe.csproj", "-getItem:PackageReference", "-getItem:PackageVersion").Succeeded();
        using var json = JsonDocument.Parse(items.Output);
        var found = json.RootElement.GetProperty("Items");
        var versions = found.GetProperty("PackageVersion").EnumerateArray()
            .ToDictionary(Identity, item => item.GetProperty("Version").GetString()!);
        return
        [
            .. found.GetProperty("PackageReference").EnumerateArray().Select(Identity)
                .Concat(["TorchSharp-cpu", "TorchSharp-cuda-linux"])
                .Distinct()
                .Select(id => (id, versions[id])),
        ];
    }

    private static string Identity(JsonElement item) => item.GetProperty("Identity").GetString()!;
}
