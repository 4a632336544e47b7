namespace MlNetNtd.Build.Tests;

/// <summary>
/// A fresh clone in a folder of its own, as far as deciding on packages goes: the repository's build files and project
/// files, without sources, beside a project that says what it was given and compiles nothing. It has a package cache of
/// its own and no package source but the clone's <c>packages</c> folder, so nothing gets into or out of the user's.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    public const string ReferencesMark = "References:";

    // Spaces and brackets, because a user's folder has them.
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ntd build (test) {Guid.NewGuid():N}");
    private readonly Dictionary<string, string> _environment = [];

    public Sandbox()
    {
        Directory.CreateDirectory(Root);
        foreach (var file in Directory.EnumerateFiles(BuildFacts.RepoRoot, "Directory.*"))
            Copy(Path.GetFileName(file));
        Copy("global.json");
        Copy("packages/README.md");
        foreach (var folder in new[] { "build", "src", "standins" })
            CopyProjectFiles(folder);

        // The user's sources are not asked: what they carry is not for a test to depend on.
        var config = File.ReadAllText(Path.Combine(BuildFacts.RepoRoot, "nuget.config"));
        var isolated = config.Replace("<packageSources>", "<packageSources><clear />", StringComparison.Ordinal);
        Assert.AreNotEqual(config, isolated);
        File.WriteAllText(Path.Combine(Root, "nuget.config"), isolated);

        AddProject("One");
    }

    /// <summary>The root of the clone.</summary>
    public string Root => Path.Combine(_folder, "clone");

    /// <summary>The local source that the repository's nuget.config names.</summary>
    public string Packages => Path.Combine(Root, "packages");

    /// <summary>Where the answer is remembered.</summary>
    public string Memory => Path.Combine(Root, "artifacts", "upstream.props");

    /// <summary>An environment variable of every command from now on.</summary>
    public void Set(string variable, string value) => _environment[variable] = value;

    /// <summary>A folder beside the clone.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    /// <summary>A project of the clone that references TorchSharp, wherever it comes from.</summary>
    public void AddProject(string name)
    {
        Directory.CreateDirectory(Path.Combine(Root, name));
        File.WriteAllText(Path.Combine(Root, name, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <UsesTorchSharp>true</UsesTorchSharp>
              </PropertyGroup>
              <Target Name="Answer">
                <Message Importance="high" Text="{ReferencesMark} @(PackageReference) @(ProjectReference -> '%(Filename)')" />
              </Target>
            </Project>
            """);
    }

    /// <summary>A solution of projects of the clone.</summary>
    public void AddSolution(string name, params string[] projects) => File.WriteAllText(
        Path.Combine(Root, name),
        $"<Solution>{string.Concat(projects.Select(project => $"<Project Path=\"{project}\" />"))}</Solution>");

    /// <summary>Restores a project and has it say what it references.</summary>
    public CommandResult Answer(params string[] arguments) => AnswerOf("One", arguments);

    /// <inheritdoc cref="Answer"/>
    public CommandResult AnswerOf(string project, params string[] arguments) =>
        Dotnet(["build", project, "-t:Answer", "-tl:off", .. arguments]);

    /// <summary>Runs a command of the .NET SDK in the root of the clone.</summary>
    public CommandResult Dotnet(params string[] arguments) =>
        DotnetCommand.Run(
        Root, DotnetCommand.Environment(withSources: false).Concat(_environment).Append(new("NUGET_PACKAGES", NewFolder("cache"))), arguments);

    /// <summary>Copies a file of the tree to its place in the clone.</summary>
    public void Copy(string relative)
    {
        var target = Path.Combine(Root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Path.Combine(BuildFacts.RepoRoot, relative), target);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A virus scanner or an indexer still reads in it: the system empties its own temporary folder.
        }
    }

    private void CopyProjectFiles(string folder)
    {
        string[] patterns = ["*.csproj", "*.props", "*.targets"];
        foreach (var file in patterns.SelectMany(pattern => BuildFacts.FilesUnder(folder, pattern)))
            Copy(file);
    }
}
