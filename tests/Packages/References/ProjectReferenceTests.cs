using Mono.Cecil;

namespace MlNetNtd.Packages.Tests;

/// <summary>References between the assemblies run one way, as docs/architecture.md says.</summary>
[TestClass]
public sealed class ProjectReferenceTests
{
    [TestMethod]
    [DataRow("Scoring", "")]
    [DataRow("Module", "Scoring")]
    [DataRow("Network", "Module Scoring")]
    [DataRow("Transformer", "Module Scoring")]
    [DataRow("Estimator", "Module Transformer Scoring")]
    [DataRow("Trainer", "Module Network Transformer Scoring")]
    [DataRow("ModelInspection", "")]
    [DataRow("Mpi", "Network")]
    [DataRow("Onnx", "Trainer Transformer Scoring")]
    public void Assembly_references_only_allowed_projects(string name, string allowed)
    {
        var found = References(name).Where(reference => reference.StartsWith("MlNetNtd.", StringComparison.Ordinal));

        CollectionAssert.IsSubsetOf(found.ToArray(), allowed.Split(' ').Select(other => $"MlNetNtd.{other}").ToArray());
    }

    [TestMethod]
    [DataRow("Scoring")]
    [DataRow("Module")]
    [DataRow("Network")]
    [DataRow("Mpi")]
    [DataRow("ModelInspection")]
    public void Assembly_does_not_reference_Microsoft_ML(string name) =>
        Assert.DoesNotContain(reference => reference.StartsWith("Microsoft.ML", StringComparison.Ordinal), References(name));

    [TestMethod]
    [DataRow("Scoring")]
    [DataRow("Estimator")]
    [DataRow("ModelInspection")]
    public void Assembly_does_not_reference_TorchSharp(string name) => Assert.DoesNotContain("TorchSharp", References(name));

    private static string[] References(string name)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, $"MlNetNtd.{name}.dll"));
        return [.. assembly.MainModule.AssemblyReferences.Select(reference => reference.Name)];
    }
}
