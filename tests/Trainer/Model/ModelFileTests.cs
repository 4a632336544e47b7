using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The scorer in ML.NET's model zip, and its weights in .safetensors files.</summary>
[TestClass]
public sealed class ModelFileTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Scorer_saved_alone_scores_the_same(bool learnInitialEmbedding)
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 20));
        using var scorer = Trainers.Fit(context, options => (options.LearnInitialEmbedding, options.ModelDimension) = (learnInitialEmbedding, 12));

        var other = new MLContext();
        using var loaded = (NextTokenDiscriminatorScorer)Load(other, Save(context, scorer, view.Schema));

        Expect.SameWeights(scorer.Weights(), loaded.Weights());
        Expect.Close(scorer.Scores(context, view), loaded.Scores(other, view));
        Assert.AreEqual(scorer.Config, loaded.Config);
        Assert.AreEqual(scorer.BatchSize, loaded.BatchSize);
        Assert.AreEqual(scorer.MaskColumnName, loaded.MaskColumnName);
        Assert.AreEqual(learnInitialEmbedding, loaded.InitialEmbedding is not null);
        Assert.IsEmpty(loaded.History);
    }

    [TestMethod]
    public void Scorer_saved_in_a_chain_scores_the_same()
    {
        var context = new MLContext(seed: 1);
        var input = Samples.View(context, 30);
        var model = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context)).Fit(input);

        var other = new MLContext();
        var loaded = Load(other, Save(context, model, input.Schema));

        Expect.Close(model.Scores(context, input), loaded.Scores(other, input));
        Assert.IsInstanceOfType<NextTokenDiscriminatorScorer>(((TransformerChain<ITransformer>)loaded).LastTransformer);
    }

    [TestMethod]
    public void Column_names_survive_saving()
    {
        var context = new MLContext(seed: 1);
        using var fitted = Trainers.Fit(context);
        using var scorer = Trainers.Small(context, options =>
        {
            (options.FeatureColumnName, options.MaskColumnName, options.TokenCountColumnName) = ("F", null, "N");
            options.MaskKind = MaskKind.Allowed;
        }).CreateScorer(fitted.CreateNetwork());

        using var loaded = (NextTokenDiscriminatorScorer)Load(context, Save(context, scorer, null));

        Assert.AreEqual("F", loaded.FeatureColumnName);
        Assert.IsNull(loaded.MaskColumnName);
        Assert.AreEqual("N", loaded.TokenCountColumnName);
        Assert.AreEqual(MaskKind.Allowed, loaded.MaskKind);
    }

    /// <summary>Every length of the model file but the whole one is an error, whichever part is missing.</summary>
    [TestMethod]
    public void Truncated_file_is_a_format_error()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context);
        var whole = Save(context, scorer, null);
        var length = Entry(whole).Length;

        // Of the head, which is ML.NET's, nothing is cut: what it makes of that is its own affair.
        foreach (var missing in new[] { 1, 4, length / 2, 4 * WeightCount(scorer) + 1, 4 * WeightCount(scorer) + 40 })
            Expect.ModelError(() => Load(context, Replace(whole, entry => entry[..^missing])));
    }

    [TestMethod]
    public void Non_finite_weight_is_a_format_error()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context);
        var head = BitConverter.GetBytes(scorer.Weights()["head.weight"][0]);

        Expect.ModelError(
            () => Load(context, Replace(Save(context, scorer, null), entry =>
            {
                BitConverter.GetBytes(float.NaN).CopyTo(entry, entry.AsSpan().LastIndexOf(head));
                return entry;
            })),
            "model", "every weight must be finite", "head.weight");
    }

    /// <summary>
    /// Nothing that a file claims is believed: no name that it does not hold, no size that is out of range or that it is too
    /// short for.
    /// </summary>
    [TestMethod]
    [DataRow(-3, 999, "FeatureColumnName: it refers to a name that is not in the file")]
    [DataRow(-2, 999, "MaskColumnName: it refers to a name that is not in the file")]
    [DataRow(-1, 999, "TokenCountColumnName: it refers to a name that is not in the file")]
    [DataRow(0, 3, "MaskKind")]
    [DataRow(1, 0, "BatchSize")]
    [DataRow(2, -1, "EmbeddingDimension")]
    [DataRow(2, 1 << 20, "")]
    [DataRow(3, 0, "MaxTokens")]
    [DataRow(3, 20_000, "bytes of weights")]
    [DataRow(4, int.MaxValue, "ModelDimension")]
    [DataRow(5, 3, "Heads")]
    [DataRow(5, 0, "Heads")]
    [DataRow(6, 1000, "Layers")]
    [DataRow(6, 200, "bytes of weights")]
    [DataRow(7, 0, "FeedForwardDimension")]
    [DataRow(8, 2, "LearnInitialEmbedding")]
    [DataRow(12, -1, "AttentionDropout")]
    [DataRow(13, 2, "Precision")]
    [DataRow(14, 9, "BadRowPolicy")]
    [DataRow(15, 2, "PadTokenScores")]
    [DataRow(16, 2, "TokenProbabilities")]
    [DataRow(18, 0, "Temperature: expected 0.05 to 100, found 0")]
    [DataRow(18, 0x7FC00000, "Temperature: expected 0.05 to 100, found NaN")]
    public void Impossible_field_is_a_format_error(int place, int value, string phrase)
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context);
        var shape = scorer.Config;
        byte[] sizes =
        [
            .. new[] { 0, scorer.BatchSize, shape.EmbeddingDimension, shape.MaxTokens }.SelectMany(BitConverter.GetBytes),
        ];

        Expect.ModelError(
            () => Load(context, Replace(Save(context, scorer, null), entry =>
            {
                BitConverter.GetBytes(value).CopyTo(entry, entry.AsSpan().IndexOf(sizes) + 4 * place);
                return entry;
            })),
            phrase);
    }

    [TestMethod]
    public void Weights_survive_a_safetensors_file()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 20));
        using var scorer = Trainers.Fit(context, options => options.LearnInitialEmbedding = true);
        using var other = Trainers.Fit(context, options => (options.LearnInitialEmbedding, options.Seed) = (true, 9));
        TemporaryFile.Use(path =>
        {
            scorer.SaveWeights(path);
            using var read = other.WithWeights(path);
            using var network = other.CreateNetwork();
            network.LoadWeights(path);
            using var copied = other.WithWeights(network);

            Assert.AreNotEqual(scorer.Scores(context, view)[0].Score, other.Scores(context, view)[0].Score);
            Expect.Close(scorer.Scores(context, view), read.Scores(context, view));
            Expect.SameWeights(scorer.Weights(), copied.Weights());
        });
    }

    /// <summary>The encoder's tensors are those of PyTorch's nn.TransformerEncoder, by name and shape.</summary>
    [TestMethod]
    public void Weight_names_are_those_of_PyTorch()
    {
        var shape = new DiscriminatorConfig
        {
            EmbeddingDimension = 6,
            MaxTokens = 5,
            ModelDimension = 8,
            Layers = 1,
            FeedForwardDimension = 12,
            LearnInitialEmbedding = true,
        };
        using var network = new DiscriminatorNetwork(shape);
        TemporaryFile.Use(path =>
        {
            network.SaveWeights(path);
            var found = Safetensors.Read(path).Select(entry => $"{entry.Key} {string.Join("x", entry.Value.Shape)}").Order(StringComparer.Ordinal);

            CollectionAssert.AreEqual(
                new[]
                {
                    "encoder.layers.0.linear1.bias 12", "encoder.layers.0.linear1.weight 12x8",
                    "encoder.layers.0.linear2.bias 8", "encoder.layers.0.linear2.weight 8x12",
                    "encoder.layers.0.norm1.bias 8", "encoder.layers.0.norm1.weight 8",
                    "encoder.layers.0.norm2.bias 8", "encoder.layers.0.norm2.weight 8",
                    "encoder.layers.0.self_attn.in_proj_bias 24", "encoder.layers.0.self_attn.in_proj_weight 24x8",
                    "encoder.layers.0.self_attn.out_proj.bias 8", "encoder.layers.0.self_attn.out_proj.weight 8x8",
                    "encoder.norm.bias 8", "encoder.norm.weight 8", "head.bias 1", "head.weight 1x8",
                    "init_emb 1x1x6", "input_projection.bias 8", "input_projection.weight 8x6", "position_embedding 5x8", "segment_embedding 2x8",
                },
                found.ToArray());
        });
    }

    [TestMethod]
    public void Weights_of_another_network_are_refused()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context);
        using var wider = new DiscriminatorNetwork(scorer.Config with { FeedForwardDimension = 20 });
        using var learning = new DiscriminatorNetwork(scorer.Config with { LearnInitialEmbedding = true });
        TemporaryFile.Use(path =>
        {
            wider.SaveWeights(path);
            Expect.Error<FormatException>(() => scorer.WithWeights(path), "encoder.layers.0.linear1.weight", "(16, 8)", "(20, 8)");
            Expect.Error<ArgumentException>(() => scorer.WithWeights(wider), "FeedForwardDimension = 16", "FeedForwardDimension = 20");

            learning.SaveWeights(path);
            Expect.Error<FormatException>(() => scorer.WithWeights(path), "init_emb");
            Safetensors.Write(path, []);
            Expect.Error<FormatException>(() => scorer.WithWeights(path), "expected a tensor 'input_projection.weight'");
        });
    }

    private static int WeightCount(NextTokenDiscriminatorScorer scorer) => scorer.Weights().Values.Sum(values => values.Length);

    private static byte[] Save(MLContext context, ITransformer model, DataViewSchema? schema)
    {
        using var stream = new MemoryStream();
        context.Model.Save(model, schema, stream);
        return stream.ToArray();
    }

    private static ITransformer Load(MLContext context, byte[] model)
    {
        using var stream = new MemoryStream(model);
        return context.Model.Load(stream, out _);
    }

    // The scorer's own part of a model that holds nothing else: the longest one.
    private static byte[] Entry(byte[] model)
    {
        using var zip = new ZipArchive(new MemoryStream(model));
        using var stream = zip.Entries.MaxBy(entry => entry.Length)!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] Replace(byte[] model, Func<byte[], byte[]> change)
    {
        using var copy = new MemoryStream();
        copy.Write(model);
        using (var zip = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            var name = zip.Entries.MaxBy(entry => entry.Length)!.FullName;
            zip.GetEntry(name)!.Delete();
            using var stream = zip.CreateEntry(name).Open();
            stream.Write(change(Entry(model)));
        }

        return copy.ToArray();
    }
}
