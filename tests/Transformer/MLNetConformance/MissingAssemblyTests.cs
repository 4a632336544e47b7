using System.Reflection;
using Microsoft.ML;
using MlNetNtd.ProcessHosts;

namespace MlNetNtd.Tests;

/// <summary>The error of a program that loads a model without the assemblies; the README gives the remedy.</summary>
[TestClass]
public sealed class MissingAssemblyTests
{
    private const string Sentence = "Could not load file or assembly 'MlNetNtd.Transformer, Version=";

    [TestMethod]
    public void Model_of_the_transform_alone_names_the_assembly()
    {
        var (view, stage) = Stage();
        StringAssert.Contains(Load(stage, view), $"Unhandled exception. System.IO.FileNotFoundException: {Sentence}");
    }

    [TestMethod]
    public void Model_of_a_chain_names_the_assembly_in_the_inner_exception()
    {
        var (view, stage) = Stage();
        var chain = new MLContext().Transforms.CopyColumns("Copy", Views.Previous).Fit(view).Append(stage);
        var said = Load(chain, view);
        StringAssert.StartsWith(said, "Unhandled exception. System.Reflection.TargetInvocationException: ");
        StringAssert.Contains(said, $"---> System.IO.FileNotFoundException: {Sentence}");
    }

    private static (IDataView View, NextTokenDiscriminatorTransformer Stage) Stage()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        return (view, Transformers.Fit(view));
    }

    // What the program of the fresh process says when it is deployed without our assemblies.
    private static string Load(ITransformer model, IDataView view)
    {
        var program = typeof(MissingAssemblyTests).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "TransformerHost").Value!;
        var folder = Directory.CreateTempSubdirectory("MlNetNtd.");
        try
        {
            Deploy(Path.GetDirectoryName(program)!, folder.FullName);
            var zip = Path.Combine(folder.FullName, "model.zip");
            new MLContext().Model.Save(model, view.Schema, zip);
            var (exitCode, _, errors) = HostProcess.Run(Path.Combine(folder.FullName, Path.GetFileName(program)), zip);
            Assert.AreNotEqual(0, exitCode);
            return errors;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Deploy(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source).Where(IsDeployed))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    // Without the list of dependencies the host takes what lies in the folder.
    private static bool IsDeployed(string file) => Path.GetFileName(file) switch
    {
        "MlNetNtd.Module.dll" or "MlNetNtd.Transformer.dll" or "MlNetNtd.Estimator.dll" => false,
        var name => name.EndsWith(".dll", StringComparison.Ordinal) || name.EndsWith(".runtimeconfig.json", StringComparison.Ordinal),
    };
}
