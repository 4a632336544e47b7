using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MlNetNtd.ProcessHosts;

namespace MlNetNtd.Tests;

/// <summary>A saved transform loads in a program that has the assemblies and never names them.</summary>
[TestClass]
public sealed class TransformerInNewProcessTests
{
    private static readonly string Program = typeof(TransformerInNewProcessTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "TransformerHost").Value!;

    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Transform_alone_gives_the_same_values()
    {
        var view = _context.Data.LoadFromEnumerable(TestRows.Shaped(1));
        var transformer = Transformers.Fit(view, options =>
        {
            options.InitialEmbedding = [1, -2, 3, 0.5f];
            options.TokenCountColumnName = "Count";
        });

        var said = Run(transformer, view.Schema);

        Assert.AreEqual(Checksum(transformer, view.Schema), said["checksum"]);
        CollectionAssert.Contains(said["loaded"].Split(' '), "MlNetNtd.Transformer", "ML.NET has loaded the assembly that the model names.");
    }

    [TestMethod]
    public void Chain_gives_the_same_values()
    {
        var view = _context.Data.LoadFromEnumerable(TestRows.Shaped(1));
        var chain = _context.Transforms.NextTokenDiscriminator()
            .Append(_context.Transforms.CopyColumns("Copy", "Combined"))
            .Fit(view);

        Assert.AreEqual(Checksum(chain, view.Schema), Run(chain, view.Schema)["checksum"]);
    }

    [TestMethod]
    public void Managed_engine_runs_without_libtorch()
    {
        var view = _context.Data.LoadFromEnumerable(TestRows.Shaped(1));
        var transformer = Transformers.Fit(view, options => options.MaskKind = MaskKind.Additive);

        var said = Run(transformer, view.Schema);

        Assert.AreEqual(Checksum(transformer, view.Schema), said["checksum"]);
        Assert.AreEqual("", said["libtorch"], "No native library is loaded.");
    }

    [TestMethod]
    public void Torch_engine_says_that_libtorch_is_missing()
    {
        var native = Directory.EnumerateFiles(Path.GetDirectoryName(Program)!, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file).Contains("LibTorchSharp", StringComparison.Ordinal))
            // Where TorchSharp itself gathers copies when it finds no libtorch.
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) != "cpu");
        Assert.IsEmpty(native, "The program is deployed without it.");

        var view = _context.Data.LoadFromEnumerable(TestRows.Shaped(1));
        var said = Run(Transformers.Fit(view, options => options.Engine = EngineKind.Torch), view.Schema);

        Assert.AreEqual(
            $"Engine = Torch needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}, or use Engine = Managed.",
            said["error"]);
    }

    private static string Checksum(ITransformer model, DataViewSchema schema) =>
        HostRows.Checksum(model.Transform(HostRows.Make(new MLContext(), schema))).ToString(CultureInfo.InvariantCulture);

    private Dictionary<string, string> Run(ITransformer model, DataViewSchema schema)
    {
        using var file = new TemporaryFile();
        _context.Model.Save(model, schema, file.Path);
        var (exitCode, said, errors) = HostProcess.Run(Program, file.Path);
        Assert.AreEqual(0, exitCode, errors);
        return said;
    }
}
