using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MlNetNtd.ProcessHosts;

namespace MlNetNtd.Tests;

/// <summary>A saved scorer loads and predicts in a program that has the assemblies, never names them, and has no native libtorch.</summary>
[TestClass]
public sealed class ScorerInNewProcessTests
{
    private static readonly string Program = typeof(ScorerInNewProcessTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ScorerHost").Value!;

    [TestMethod]
    public void Transform_and_scorer_in_one_zip_score_the_same_in_a_new_process()
    {
        var context = new MLContext(seed: 1);
        var input = Samples.View(context, 30);
        var model = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context)).Fit(input);

        var said = Run(context, model, input.Schema);

        var expected = HostRows.Checksum(model.Transform(HostRows.Make(new MLContext(), input.Schema)));
        Assert.AreEqual(expected.ToString(CultureInfo.InvariantCulture), said["checksum"]);
        CollectionAssert.IsSubsetOf(new[] { "MlNetNtd.Trainer", "MlNetNtd.Transformer" }, said["loaded"].Split(' '));
        Assert.AreEqual("", said["libtorch"]);
    }

    [TestMethod]
    public void Scorer_in_BFloat16_without_libtorch_names_what_needs_it()
    {
        var context = new MLContext(seed: 1);
        var input = Samples.View(context, 30);
        var model = context.Transforms.NextTokenDiscriminator()
            .Append(Trainers.Small(context, options => options.Precision = ComputePrecision.BFloat16)).Fit(input);

        var said = Run(context, model, input.Schema);

        StringAssert.Contains(said["error"], "Precision = BFloat16 needs native libtorch, which could not be loaded. Add the package libtorch-cpu-");
        // TorchSharp would take it from the machine's package cache, where the tests have it.
        Assert.IsFalse(Directory.Exists(Path.Combine(Path.GetDirectoryName(Program)!, "cpu")));
    }

    [TestMethod]
    [FullRun]
    public void Other_weights_give_other_scores()
    {
        var context = new MLContext(seed: 1);
        var input = Samples.View(context, 30);
        var stage = context.Transforms.NextTokenDiscriminator().Fit(input);
        var view = stage.Transform(input);
        string[] checksums = [.. new[] { 1, 2 }.Select(seed =>
        {
            using var scorer = Trainers.Small(context, options => options.Seed = seed).Fit(view);
            return Run(context, stage.Append(scorer), input.Schema)["checksum"];
        })];

        Assert.AreNotEqual(checksums[0], checksums[1]);
    }

    private static Dictionary<string, string> Run(MLContext context, ITransformer model, DataViewSchema schema)
    {
        var result = new Dictionary<string, string>();
        TemporaryFile.Use(path =>
        {
            context.Model.Save(model, schema, path);
            (var exitCode, result, var errors) = HostProcess.Run(Program, path);
            Assert.AreEqual(0, exitCode, errors);
        });
        return result;
    }
}
