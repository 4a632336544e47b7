using System.IO.Compression;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The scorer's entry in the model zip: its version and its end.</summary>
[TestClass]
public sealed class ScorerModelKeyTests
{
    [TestMethod]
    [DataRow(0x00010004u, "too new")]
    [DataRow(0x00010002u, "too old")]
    public void Unreadable_version_is_refused(uint version, string phrase) =>
        IsRefused(key => key.VersionWritten = key.VersionReadable = version, phrase);

    [TestMethod]
    public void Readable_newer_version_loads()
    {
        using var scorer = (NextTokenDiscriminatorScorer)Load(key => key.VersionWritten = 0x00010004);

        Assert.AreEqual("F", scorer.FeatureColumnName);
    }

    [TestMethod]
    public void Model_of_another_kind_is_refused() => IsRefused(key => key.ModelSignature = "NTDOTHER", "Unknown file type");

    /// <summary>Read from a file that has next to nothing behind the model, so that it is the file's end that is met.</summary>
    [TestMethod]
    public void File_that_ends_within_the_sizes_is_refused()
    {
        // From the beginning of dropout: the bytes that are read in place of the missing ones are valid until the file ends.
        for (var length = 48; length < 50; length++)
        {
            IsRefused(
                key =>
                {
                    key.Block = key.Block[..length];
                    key.AssemblyName = "";
                },
                "it ends too early");
        }
    }

    [TestMethod]
    public void Weights_longer_than_the_file_are_refused_before_they_are_read()
    {
        using var scorer = Scorer();
        var needed = scorer.Config.Parameters().Sum(parameter => parameter.Count) + 100 * Samples.Dimension;

        // Twelve bytes of names, three numbers before it.
        IsRefused(key => key.SetInt32(12 + 3 * sizeof(int), TokenRow.Tokens + 100), $"its sizes take {needed * sizeof(float)} bytes of weights, ", " are left");
    }

    /// <summary>It stands before the weights, behind three names, nine numbers, two doubles and four numbers.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(1025)]
    public void Number_of_candidates_out_of_range_is_refused(int candidates) => IsRefused(
        key => key.SetInt32(12 + 13 * sizeof(int) + 2 * sizeof(double), candidates), $"CandidatesPerToken: expected 1 to 1024 candidates, found {candidates}");

    private static void IsRefused(Action<ModelKey> change, params string[] phrases) => Expect.ModelError(() => Load(change), phrases);

    private static ITransformer Load(Action<ModelKey> change)
    {
        using var scorer = Scorer();
        return Load(scorer, change);
    }

    private static ITransformer Load(NextTokenDiscriminatorScorer scorer, Action<ModelKey> change)
    {
        var context = new MLContext(seed: 2);
        // Where the file does not name the assembly.
        context.ComponentCatalog.RegisterAssembly(typeof(NextTokenDiscriminatorScorer).Assembly);
        using var zip = new MemoryStream();
        context.Model.Save(scorer, null, zip);
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Update, leaveOpen: true))
        {
            // The one of the scorer is the longest.
            using var entry = archive.Entries.MaxBy(entry => entry.CompressedLength)!.Open();
            using var file = new MemoryStream();
            entry.CopyTo(file);
            var key = new ModelKey(file.ToArray());
            change(key);
            entry.SetLength(0);
            entry.Write(key.ToBytes());
        }

        zip.Position = 0;
        return context.Model.Load(zip, out _);
    }

    // Of one column, whose name is as short as can be.
    private static NextTokenDiscriminatorScorer Scorer()
    {
        using var network = new DiscriminatorNetwork(
            new DiscriminatorConfig
            {
                EmbeddingDimension = Samples.Dimension,
                MaxTokens = TokenRow.Tokens,
                ModelDimension = Samples.Dimension,
                Layers = 1,
            },
            seed: 1);
        return Trainers.Small(new MLContext(seed: 1), options => (options.FeatureColumnName, options.MaskColumnName) = ("F", null)).CreateScorer(network);
    }
}
