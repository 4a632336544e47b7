using MlNetNtd.Tests;

namespace MlNetNtd.Packages.Tests;

/// <summary>The command <c>ntd</c>, installed from its package as a user installs it.</summary>
[TestClass]
[FullRun]
public sealed class ToolTests
{
    private static PackedPackages Packed => PackedPackages.Instance;

    [TestMethod]
    public void Installed_tool_trains_and_scores()
    {
        using var folder = new TemporaryFolder();
        DotnetCommand.Run(
            folder.Path, "tool", "install", "MlNetNtd.Tool", "--version", PackedPackages.Version, "--add-source", Packed.Feed, "--tool-path", folder.Combine("tools"));
        var rows = Path.Combine(BuildFacts.RepoRoot, "examples", "data", "sample.parquet");

        Run("train", rows, "--output", "model.zip", "--embedding-dimension", "8", "--max-tokens", "8", "--epochs", "1");
        var shown = Run("score", rows, "--model", "model.zip");
        Run("score", rows, "--model", "model.zip", "--output", "scores.parquet");

        Assert.Contains("Probability", shown);
        Assert.Contains("TokenScores", Run("score", rows, "--model", "model.zip", "--keep-inputs"));
        Assert.IsGreaterThan(0, new FileInfo(folder.Combine("scores.parquet")).Length);

        string Run(params string[] arguments) => DotnetCommand.RunProgram(folder.Combine("tools", "ntd"), folder.Path, arguments);
    }

    [TestMethod]
    public void Package_of_the_tool_has_the_program_and_no_native_part_of_TorchSharp()
    {
        var files = Packed.Files("MlNetNtd.Tool");

        CollectionAssert.IsSubsetOf(new[] { "tools/net10.0/any/ntd.dll", "tools/net10.0/any/DotnetToolSettings.xml" }, files);
        Assert.DoesNotContain(
            file => file.Contains("LibTorchSharp", StringComparison.Ordinal) || file.Contains("libSkiaSharp", StringComparison.Ordinal), files);
    }
}
