using System.Text.Json;
using MlNetNtd.Tests;

namespace MlNetNtd.Packages.Tests;

/// <summary>The bill of materials of each package, bom.cdx.json in CycloneDX's format.</summary>
[TestClass]
[FullRun]
public sealed class SbomTests
{
    private static PackedPackages Packed => PackedPackages.Instance;

    [TestMethod]
    public void Each_package_names_itself_and_every_package_that_comes_with_it()
    {
        foreach (var id in Packed.Ids)
        {
            var self = Bom(id).GetProperty("metadata").GetProperty("component");

            Assert.AreEqual($"pkg:nuget/{id}@{PackedPackages.Version}", self.GetProperty("purl").GetString());
            CollectionAssert.IsSubsetOf(Expected(id).ToArray(), Components(id).Select(Name).ToArray(), id);
        }
    }

    [TestMethod]
    public void Transitive_packages_are_named()
    {
        var names = Components("MlNetNtd").Select(Name).ToArray();

        CollectionAssert.IsSubsetOf(new[] { "Microsoft.ML.CpuMath", "Google.Protobuf", "SkiaSharp.NativeAssets.macOS" }, names);
    }

    [TestMethod]
    public void Every_third_party_package_has_version_hash_and_license()
    {
        foreach (var component in Packed.Ids.SelectMany(Components).Where(component => !Name(component).StartsWith("MlNetNtd.", StringComparison.Ordinal)))
        {
            var hash = component.GetProperty("hashes").EnumerateArray().Single();

            Assert.IsGreaterThan(0, component.GetProperty("version").GetString()!.Length, Name(component));
            Assert.AreEqual("SHA-512", hash.GetProperty("alg").GetString(), Name(component));
            Assert.AreEqual(128, hash.GetProperty("content").GetString()!.Length, Name(component));
            Assert.IsGreaterThan(0, component.GetProperty("licenses").GetArrayLength(), Name(component));
        }
    }

    // What helps only to build is no part of the package.
    [TestMethod]
    public void Build_only_packages_are_excluded()
    {
        var analyzer = Components("MlNetNtd.Module").Single(component => Name(component) == "Microsoft.CodeAnalysis.PublicApiAnalyzers");

        Assert.AreEqual("excluded", analyzer.GetProperty("scope").GetString());
    }

    [TestMethod]
    public void Bill_of_materials_has_no_timestamp_and_no_machine_name()
    {
        foreach (var id in Packed.Ids)
        {
            var text = Bom(id).GetRawText();

            Assert.DoesNotContain("timestamp", text, id);
            Assert.DoesNotContain(Packed.Feed, text, id);
        }
    }

    /// <summary>There another tree, whose packages are elsewhere, would be sent to a folder that is none of its own.</summary>
    [TestMethod]
    public void Tool_leaves_no_trace_in_the_home_folder() =>
        CollectionAssert.AreEquivalent(Packed.ToolCacheBefore.ToArray(), PackedPackages.ToolCache().ToArray());

    [TestMethod]
    public void Missing_tool_omits_the_bill_of_materials_and_is_an_error_in_CI()
    {
        using var folder = new TemporaryFolder();
        const string NoTool = "-p:_SbomToolVersion=0.0.1-none";

        var output = Packed.PackOne("src/Module", folder.Path, NoTool);

        StringAssert.Contains(output, "MlNetNtd.Module is packed without a bill of materials");
        using (var package = System.IO.Compression.ZipFile.OpenRead(folder.Combine($"MlNetNtd.Module.{PackedPackages.Version}.nupkg")))
            Assert.IsNull(package.GetEntry("bom.cdx.json"));

        var error = Assert.ThrowsExactly<AssertFailedException>(() => Packed.PackOne("src/Module", folder.Path, NoTool, "-p:ContinuousIntegrationBuild=true"));
        StringAssert.Contains(error.Message, "No bill of materials for MlNetNtd.Module");
    }

    private static IEnumerable<string> Expected(string id) => Packed.Metadata(id).Descendants()
        .Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value);

    private static JsonElement Bom(string id) => Packed.Json(id, "bom.cdx.json");

    private static IEnumerable<JsonElement> Components(string id) => Bom(id).GetProperty("components").EnumerateArray();

    private static string Name(JsonElement component) => component.GetProperty("name").GetString()!;
}
