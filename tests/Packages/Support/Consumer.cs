using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlNetNtd.Packages.Tests;

/// <summary>
/// A console project outside the repository. It takes the packages from the folder they were packed into, and keeps them out of the
/// user's package cache.
/// </summary>
internal sealed partial class Consumer : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes and builds it.</summary>
    /// <param name="program">Its one source file.</param>
    /// <param name="properties">XML into its property group.</param>
    /// <param name="packages">What it references, besides MlNetNtd.</param>
    public Consumer(string program, string properties = "", params (string Id, string Version)[] packages)
    {
        File.WriteAllText(_folder.Combine("Program.cs"), program);
        File.WriteAllText(_folder.Combine("nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{PackedPackages.Instance.Feed}" />
              </packageSources>
            </configuration>
            """);
        var references = packages.Prepend((Id: "MlNetNtd", Version: PackedPackages.Version))
            .Select(package => $"""<PackageReference Include="{package.Id}" Version="{package.Version}" />""");
        // As "dotnet new console" makes it, but for where restored packages are kept and looked for.
        File.WriteAllText(_folder.Combine("Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestorePackagesPath>{_folder.Combine("cache")}</RestorePackagesPath>
                <RestoreFallbackFolders>{BuildFacts.PackageCache.TrimEnd('/', '\\')}</RestoreFallbackFolders>
                {properties}
              </PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """);
        Built = DotnetCommand.Run(_folder.Path, "build", "-tl:off", "-warnaserror");
    }

    /// <summary>What the build printed.</summary>
    public string Built { get; }

    /// <summary>The files of its output, by name.</summary>
    public string[] Output => [.. Directory.EnumerateFiles(_folder.Combine("bin"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];

    /// <summary>The bytes of all packages that an empty package cache would get for it.</summary>
    public long DownloadSize
    {
        get
        {
            using var assets = JsonDocument.Parse(File.ReadAllText(_folder.Combine("obj", "project.assets.json")));
            string[] caches = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
            return assets.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package")
                .Select(library => library.Value.GetProperty("path").GetString()!)
                .Sum(path => caches.Select(cache => new DirectoryInfo(Path.Combine(cache, path))).First(folder => folder.Exists)
                    .EnumerateFiles("*.nupkg").Single().Length);
        }
    }

    /// <summary>Runs it, in a process of its own.</summary>
    public string Run(params string[] arguments) =>
        DotnetCommand.Run(_folder.Path, ["run", "--no-build", "--", .. arguments]).ReplaceLineEndings("\n").Trim();

    /// <summary>The C# block of a page of the repository.</summary>
    public static string SampleOf(string page) =>
        CSharpBlock().Match(File.ReadAllText(Path.Combine(BuildFacts.RepoRoot, page)).ReplaceLineEndings("\n")).Groups["code"].Value;

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
