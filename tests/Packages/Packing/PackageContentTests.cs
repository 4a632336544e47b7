using MlNetNtd.Tests;

namespace MlNetNtd.Packages.Tests;

/// <summary>The packages that <c>dotnet pack src/Packages.slnf</c> makes.</summary>
[TestClass]
[FullRun]
public sealed class PackageContentTests
{
    private static readonly string[] WithCode =
    [
        "MlNetNtd.Estimator", "MlNetNtd.ModelInspection", "MlNetNtd.Module", "MlNetNtd.Mpi", "MlNetNtd.Network", "MlNetNtd.Onnx", "MlNetNtd.Scoring", "MlNetNtd.Trainer", "MlNetNtd.Transformer",
    ];

    // Its assemblies are no library.
    private const string Tool = "MlNetNtd.Tool";

    // Whoever wants one names it.
    private static readonly string[] Choices = ["MlNetNtd.Mpi", "MlNetNtd.Onnx"];

    private static PackedPackages Packed => PackedPackages.Instance;

    [AssemblyCleanup]
    public static void Cleanup() => PackedPackages.DisposeInstance();

    [TestMethod]
    public void Pack_makes_one_package_per_project_and_one_that_brings_them() =>
        CollectionAssert.AreEqual(WithCode.Prepend("MlNetNtd").Append(Tool).Order(StringComparer.Ordinal).ToArray(), Packed.Ids.ToArray());

    [TestMethod]
    public void Each_package_has_readme_license_icon_and_repository()
    {
        foreach (var id in Packed.Ids)
        {
            CollectionAssert.IsSubsetOf(new[] { "README.md", "LICENSE", "icon.png" }, Packed.Files(id), id);
            Assert.AreEqual("README.md", Text(id, "readme"), id);
            Assert.AreEqual("icon.png", Text(id, "icon"), id);
            Assert.AreEqual("MIT", Text(id, "license"), id);
            Assert.AreEqual("https://example.org/mlnetntd", Text(id, "projectUrl"), id);
            Assert.IsGreaterThan(40, Text(id, "description").Length, id);
        }
    }

    [TestMethod]
    public void Readme_links_lead_to_the_repository()
    {
        foreach (var id in Packed.Ids)
        {
            var page = Packed.Page(id);
            Assert.Contains("](https://example.org/mlnetntd/blob/HEAD/", page, id);
            Assert.DoesNotContain("](../", page, id);
        }
    }

    [TestMethod]
    public void Each_package_with_code_has_assembly_documentation_and_symbols()
    {
        foreach (var id in WithCode)
        {
            CollectionAssert.IsSubsetOf(new[] { $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" }, Packed.Files(id), id);
            CollectionAssert.Contains(Packed.Files(id, "snupkg"), $"lib/net10.0/{id}.pdb", id);
        }
    }

    [TestMethod]
    public void Dependencies_are_exact_among_the_packages_and_in_tested_ranges_otherwise()
    {
        foreach (var id in Packed.Ids)
        {
            foreach (var (name, version) in Dependencies(id))
            {
                var expected = name switch
                {
                    "Microsoft.ML" => "[5.0.1, 6.0.0)",
                    "TorchSharp" => "[0.107.0, 0.108.0)",
                    "System.Numerics.Tensors" => "9.0.19",
                    "Google.Protobuf" => "3.30.2",
                    _ when name.StartsWith("MlNetNtd.", StringComparison.Ordinal) => $"[{PackedPackages.Version}]",
                    _ => "no such dependency",
                };
                Assert.AreEqual(expected, version, $"{id} -> {name}");
            }
        }
    }

    [TestMethod]
    public void Main_package_brings_all_but_the_optional_ones()
    {
        var brought = new HashSet<string>();
        Bring("MlNetNtd");

        CollectionAssert.AreEquivalent(WithCode.Except(Choices).ToArray(), brought.ToArray());

        void Bring(string id)
        {
            foreach (var (name, _) in Dependencies(id))
            {
                if (name.StartsWith("MlNetNtd.", StringComparison.Ordinal) && brought.Add(name))
                    Bring(name);
            }
        }
    }

    private static IEnumerable<(string Name, string Version)> Dependencies(string id) => Packed.Metadata(id)
        .Descendants().Where(element => element.Name.LocalName == "dependency")
        .Select(element => (element.Attribute("id")!.Value, element.Attribute("version")!.Value));

    private static string Text(string id, string element) =>
        Packed.Metadata(id).Elements().Single(child => child.Name.LocalName == element).Value;
}
