using System.IO.Compression;

namespace MlNetNtd.Build.Tests;

/// <summary>Packages are made against the real packages or not at all.</summary>
[TestClass]
public sealed class PackTests
{
    [TestMethod]
    [DataRow("src/Module")]
    [DataRow("Parts.slnx")]
    public void On_stand_ins_packing_fails_with_one_sentence(string what)
    {
        using var clone = new Sandbox();
        clone.AddSolution(
            "Parts.slnx", "src/Module/MlNetNtd.Module.csproj", "src/Transformer/MlNetNtd.Transformer.csproj", "src/Estimator/MlNetNtd.Estimator.csproj");

        var result = clone.Dotnet("pack", what, "-tl:off").Failed();

        var error = result.Output.Split('\n').Single(line => line.Contains("error", StringComparison.Ordinal));
        StringAssert.Contains(error, "error NTD0001: MlNetNtd cannot be packed here: this build uses the stand-ins for Microsoft.ML and "
            + "TorchSharp (standins/), and a package must be made against the real ones.");
        Assert.IsEmpty(Directory.EnumerateFiles(clone.Root, "*nupkg", SearchOption.AllDirectories));
    }

    [TestMethod]
    [TestCategory("RealPackages")]
    [NeedsRealPackages]
    public void On_the_real_packages_packing_makes_a_package_and_its_symbols()
    {
        using var clone = new Sandbox();
        foreach (var file in BuildFacts.FilesUnder("src", "*.cs").Concat(["README.md", "LICENSE"]))
            clone.Copy(file);
        File.Delete(Path.Combine(clone.Root, "nuget.config"));
        clone.Copy("nuget.config");

        DotnetCommand.Run(
            clone.Root, DotnetCommand.Environment(withSources: true),
            "pack", "src/Module", "-p:UpstreamPackages=true", "-tl:off").Succeeded();

        CollectionAssert.IsSubsetOf(
            new[] { "README.md", "LICENSE", "lib/net10.0/MlNetNtd.Module.dll", "lib/net10.0/MlNetNtd.Module.xml" },
            Entries(clone, "*.nupkg"));
        CollectionAssert.Contains(Entries(clone, "*.snupkg"), "lib/net10.0/MlNetNtd.Module.pdb");
    }

    private static string[] Entries(Sandbox clone, string pattern)
    {
        using var package = ZipFile.OpenRead(Directory.EnumerateFiles(Path.Combine(clone.Root, "artifacts", "package"), pattern).Single());
        return [.. package.Entries.Select(entry => entry.FullName)];
    }
}
