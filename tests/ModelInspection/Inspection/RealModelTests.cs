using System.IO.Compression;
using System.Text;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Models that ML.NET wrote pass: every transform and trainer of its package, and the formats of earlier versions.</summary>
[TestClass]
public sealed class RealModelTests
{
    public static IEnumerable<object[]> CheckedNames => RealModels.CheckedNames.Select(name => new object[] { name });

    public static IEnumerable<object[]> UncheckedNames => RealModels.UncheckedNames.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(CheckedNames))]
    public void Model_of_ML_NET_passes_and_loads(string name)
    {
        var zip = RealModels.Make(name);

        Assert.IsNotEmpty(InspectedModels.Inspect(zip).Stages);
        using var stream = new MemoryStream(zip);
        Assert.IsNotNull(new MLContext().Model.Load(stream, out _));
    }

    [TestMethod]
    [DynamicData(nameof(UncheckedNames))]
    public void Unchecked_stage_passes_where_it_is_allowed_by_name(string name)
    {
        var zip = RealModels.Make(name);
        var stages = RealModels.StagesToAllow(name);

        var error = Assert.ThrowsExactly<ModelFileException>(() => InspectedModels.Inspect(zip));
        Assert.AreEqual(("loader", $"'{stages[0]}'"), (error.Field, error.Found));

        var options = new ModelFileOptions();
        foreach (var stage in stages)
            options.AllowedStages.Add(stage.ToUpperInvariant());
        Assert.IsNotEmpty(InspectedModels.Inspect(zip, options).Stages);
    }

    [TestMethod]
    public void Model_with_a_loader_of_text_passes() => Assert.IsNotEmpty(InspectedModels.Inspect(RealModels.WithTextLoader()).Stages);

    /// <summary>What lies beside a stage is read as what the stage makes of it: here nothing reads it.</summary>
    [TestMethod]
    public void Entry_named_like_a_schema_passes_where_no_stage_reads_it()
    {
        var zip = Zips.With(RealModels.Make("CopyColumns"), "TransformerChain/Transform_000/Schema.idv", [1, 2, 3]);

        Assert.IsNotEmpty(InspectedModels.Inspect(zip).Stages);
    }

    [TestMethod]
    public void Zip_with_a_comment_passes()
    {
        using var stream = new MemoryStream();
        stream.Write(RealModels.Make("CopyColumns"));
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
            archive.Comment = "made by hand";

        var zip = stream.ToArray();
        Assert.IsTrue(zip.AsSpan().EndsWith(Encoding.ASCII.GetBytes("made by hand")));
        Assert.IsNotEmpty(InspectedModels.Inspect(zip).Stages);
        stream.Position = 0;
        Assert.IsNotNull(new MLContext().Model.Load(stream, out _));
    }
}
