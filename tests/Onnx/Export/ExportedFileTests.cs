using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The file that <c>SaveAsOnnx</c> writes: what it declares, how it is written, and what is refused.</summary>
[TestClass]
public sealed class ExportedFileTests
{
    private static readonly MLContext Context = new(seed: 1);

    private static readonly NetworkCase Network = new(
        Tokens: 5, Rows: 3, Dimension: 3, HeadWidth: 4, Heads: 2, Layers: 2, FeedForward: 40, LearnsInitialEmbedding: true, Seed: 1);

    private static string[] Declared(IReadOnlyDictionary<string, Microsoft.ML.OnnxRuntime.NodeMetadata> nodes) => [.. nodes.Select(node =>
        $"{node.Key} {node.Value.ElementType.Name} {string.Join(' ', node.Value.Dimensions.Zip(node.Value.SymbolicDimensions, (size, name) => name.Length > 0 ? name : $"{size}"))}")];

    [TestMethod]
    public void Model_declares_its_inputs_and_outputs_by_column_name_with_two_named_axes()
    {
        using var scorer = Network.CreateScorer(Context, options =>
        {
            options.TokenProbabilities = true;
            options.TokenCountColumnName = "Count";
        });
        ExportedModel.Use(scorer, null, model =>
        {
            CollectionAssert.AreEqual(new[] { "Combined Single batch 2 tokens 3", "Count Int32 batch" }, Declared(model.Session.InputMetadata));
            CollectionAssert.AreEqual(
                new[]
                {
                    "PredictedLabel Boolean batch", "Score Single batch", "Probability Single batch", "TokenScores Single batch tokens",
                    "TokenProbabilities Single batch tokens",
                },
                Declared(model.Session.OutputMetadata));
        });
    }

    [TestMethod]
    public void Model_of_scorer_and_transform_declares_the_columns_of_the_transform()
    {
        using var transformer = CreateTransformer();
        using var scorer = Network.CreateScorer(Context, options => options.BadRowPolicy = BadRowPolicy.Truncate);
        ExportedModel.Use(scorer, new OnnxExportOptions { Transformer = transformer }, model =>
        {
            CollectionAssert.AreEqual(
                new[] { "PreviousEmbeddings Single batch tokens 3", "CurrentEmbeddings Single batch tokens 3" }, Declared(model.Session.InputMetadata));
            CollectionAssert.Contains(Declared(model.Session.OutputMetadata), "TokenScores Single batch scored_tokens");
        });
    }

    [TestMethod]
    public void Model_holds_names_documentation_and_metadata()
    {
        var options = new OnnxExportOptions
        {
            GraphName = "judge",
            Documentation = "Scores sentences.",
            Metadata = new Dictionary<string, string> { ["source"] = "a test" },
        };
        using var scorer = Network.CreateScorer(Context);
        ExportedModel.Use(scorer, options, model =>
        {
            var metadata = model.Session.ModelMetadata;
            Assert.AreEqual(("MlNetNtd", "judge", "Scores sentences."), (metadata.ProducerName, metadata.GraphName, metadata.Description));
            Assert.AreEqual("a test", metadata.CustomMetadataMap["source"]);
            Assert.AreEqual("8", metadata.CustomMetadataMap["mlnetntd.model_dimension"]);
            Assert.AreEqual("7", metadata.CustomMetadataMap["mlnetntd.max_tokens"]);
        });
    }

    [TestMethod]
    [NeedsPythonOnnx]
    [DataRow(false)]
    [DataRow(true)]
    public void Model_passes_the_checker_and_shape_inference_of_ONNX(bool external)
    {
        using var transformer = CreateTransformer();
        using var scorer = Network.CreateScorer(Context, options => options.TokenCountColumnName = "Count");
        foreach (var options in new[] { new OnnxExportOptions(), new OnnxExportOptions { Transformer = transformer } })
        {
            TemporaryFile.Use(path =>
            {
                Save(scorer, options, path, external);

                var printed = ExternalPrograms.RunPython("check.py", path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                CollectionAssert.AreEqual(new[] { "PredictedLabel batch", "Score batch", "Probability batch", "TokenScores batch tokens" }, printed);
            });
        }
    }

    [TestMethod]
    [NeedsOnnxRuntimeNode]
    public void Model_gives_the_same_scores_in_Node() => TemporaryFolder.Use(folder =>
    {
        var (path, input) = (Path.Combine(folder, "model.onnx"), Path.Combine(folder, "input.json"));
        int[] sizes = [2, 2, Network.Tokens, Network.Dimension];
        var sequences = Sequences.Values(new Random(1), 2 * 2 * Network.Tokens * Network.Dimension);
        using var scorer = Network.CreateScorer(Context);
        scorer.SaveAsOnnx(path);
        File.WriteAllText(input, JsonSerializer.Serialize(new { name = "Combined", values = sequences, sizes }));

        var found = JsonSerializer.Deserialize<float[]>(ExternalPrograms.RunNode("run.js", path, input))!;

        using var model = ExportedModel.Open(path);
        Expect.Close((float[])model.Run(("Combined", sequences, sizes))["TokenScores"], found, 1e-5);
    });

    [TestMethod]
    public void Large_tensors_stand_in_a_file_beside_the_model_and_give_the_same_scores() => TemporaryFolder.Use(folder =>
    {
        var (whole, split) = (Path.Combine(folder, "whole.onnx"), Path.Combine(folder, "split.onnx"));
        using var scorer = Network.CreateScorer(Context);
        scorer.SaveAsOnnx(whole);
        Save(scorer, new OnnxExportOptions(), split, external: true);

        var data = Directory.GetFiles(folder, "split.onnx.????????????????.data").Single();
        Assert.IsLessThan(new FileInfo(whole).Length, new FileInfo(split).Length);
        Assert.IsGreaterThan(4096, new FileInfo(data).Length);
        int[] sizes = [1, 2, Network.Tokens, Network.Dimension];
        var sequences = Sequences.Values(new Random(1), 2 * Network.Tokens * Network.Dimension);
        using var one = ExportedModel.Open(whole);
        using var other = ExportedModel.Open(split);
        Expect.SameBits((float[])one.Run(("Combined", sequences, sizes))["TokenScores"], (float[])other.Run(("Combined", sequences, sizes))["TokenScores"]);
    });

    [TestMethod]
    public void Models_of_different_weights_share_no_file_of_tensors() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "model.onnx");
        using var scorer = Network.CreateScorer(Context);
        using var other = (Network with { Seed = 2 }).CreateScorer(Context);
        Save(scorer, new OnnxExportOptions(), path, external: true);
        Save(scorer, new OnnxExportOptions(), path, external: true);
        Assert.HasCount(1, Directory.GetFiles(folder, "*.data"));

        Save(other, new OnnxExportOptions(), path, external: true);

        Assert.HasCount(2, Directory.GetFiles(folder, "*.data"));
    });

    [TestMethod]
    public void Same_scorer_gives_the_same_file() => TemporaryFolder.Use(folder =>
    {
        var (one, other) = (Path.Combine(folder, "one"), Path.Combine(folder, "other"));
        using var scorer = Network.CreateScorer(Context);
        scorer.SaveAsOnnx(one);
        scorer.SaveAsOnnx(other);

        CollectionAssert.AreEqual(File.ReadAllBytes(one), File.ReadAllBytes(other));
    });

    [TestMethod]
    public void Each_initializer_is_written_once()
    {
        using var scorer = Network.CreateScorer(Context);
        var names = new ScorerExport(scorer, new OnnxExportOptions()).CreateModel().Initializers;

        Assert.HasCount(names.Count, names.Select(tensor => $"{tensor.Type} {string.Join(',', tensor.Sizes)} {Convert.ToHexString(tensor.Bytes)}").Distinct().ToArray());
    }

    [TestMethod]
    public void Path_that_cannot_be_written_is_refused_in_one_sentence() => TemporaryFolder.Use(folder =>
    {
        var missing = Path.Combine(folder, "missing", "model.onnx");
        using var scorer = Network.CreateScorer(Context);

        Expect.Error<IOException>(
            $"path: expected the path of an ONNX file that can be written, found '{missing}' (its folder does not exist).", () => scorer.SaveAsOnnx(missing));
        Expect.Error<IOException>($"path: expected the path of an ONNX file that can be written, found '{folder}' (it is a folder).", () => scorer.SaveAsOnnx(folder));
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder));
    });

    [TestMethod]
    public void Network_in_bfloat16_is_refused()
    {
        using var network = Network.CreateNetwork(ComputePrecision.BFloat16);
        using var scorer = Trainers.Small(Context).CreateScorer(network);
        AssertRefused<InvalidOperationException>(
            scorer, new OnnxExportOptions(),
            "SaveAsOnnx, Precision: expected Single, found BFloat16. Copy the weights to a network with Precision = Single, and convert scorer.WithWeights(network).");
    }

    [TestMethod]
    public void Masks_that_do_not_follow_the_rule_are_refused_if_the_schema_is_given()
    {
        var view = new TestView(0).Vector<float>("Combined", new(NumberDataViewType.Single, 0, Network.Dimension), _ => [])
            .Vector<bool>("Mask", new(BooleanDataViewType.Instance), _ => []);
        using var scorer = Network.CreateScorer(Context);
        AssertRefused<InvalidOperationException>(
            scorer, new OnnxExportOptions { InputSchema = view.Schema },
            "SaveAsOnnx, mask column 'Mask': expected masks that follow the next-token rule by the annotation AttentionMaskRule, and a number of tokens that the schema "
            + "or the token count column tells, found masks whose values are read in each row. Keep the transform's annotations, and with padding set TokenCountColumnName.");
    }

    [TestMethod]
    public void Schema_of_the_transform_is_accepted()
    {
        using var transformer = CreateTransformer();
        using var scorer = Network.CreateScorer(Context);
        var schema = transformer.GetOutputSchema(PairView.OfUnknownSize([]).Schema);

        ExportedModel.Use(scorer, new OnnxExportOptions { InputSchema = schema }, _ => { });
    }

    [TestMethod]
    public void Transform_of_another_column_or_dimension_is_refused()
    {
        using var scorer = Network.CreateScorer(Context);
        using var other = Context.Transforms.NextTokenDiscriminator("Other", embeddingDimension: Network.Dimension).Fit(PairView.OfUnknownSize([]));
        using var wide = Context.Transforms.NextTokenDiscriminator(embeddingDimension: 4).Fit(PairView.OfUnknownSize([]));
        AssertRefused<ArgumentException>(
            scorer, new OnnxExportOptions { Transformer = other },
            "Transformer: expected the transform that writes column 'Combined', which the scorer reads, found one that writes 'Other'.");
        AssertRefused<ArgumentException>(
            scorer, new OnnxExportOptions { Transformer = wide }, "Transformer: expected embeddings of dimension 3, as the scorer reads them, found 4.");
    }

    [TestMethod]
    public void Names_that_are_blank_or_given_twice_and_reserved_metadata_are_refused()
    {
        using var scorer = Network.CreateScorer(Context);
        using var named = Network.CreateScorer(Context, options => options.FeatureColumnName = "Score");
        AssertRefused<ArgumentException>(scorer, new OnnxExportOptions { GraphName = " " }, "GraphName: a name is needed, found none.");
        AssertRefused<ArgumentException>(
            scorer, new OnnxExportOptions { TokenCountInputName = "" }, "TokenCountInputName: a name, or null (no such input), is needed, found a blank name.");
        AssertRefused<ArgumentException>(
            scorer, new OnnxExportOptions { TokenCountInputName = "Combined" },
            "Columns: the inputs and outputs of an ONNX model need different names, found 'Combined' twice.");
        AssertRefused<ArgumentException>(named, new OnnxExportOptions(), "Columns: the inputs and outputs of an ONNX model need different names, found 'Score' twice.");
        AssertRefused<ArgumentException>(
            scorer, new OnnxExportOptions { Metadata = new Dictionary<string, string> { ["mlnetntd.heads"] = "9" } },
            "Metadata: expected keys that do not begin with 'mlnetntd.', found 'mlnetntd.heads'.");
    }

    [TestMethod]
    public void Disposed_scorer_is_refused()
    {
        var scorer = Network.CreateScorer(Context);
        scorer.Dispose();

        TemporaryFile.Use(path => Assert.ThrowsExactly<ObjectDisposedException>(() => scorer.SaveAsOnnx(path)));
    }

    private static NextTokenDiscriminatorTransformer CreateTransformer() =>
        Context.Transforms.NextTokenDiscriminator(embeddingDimension: Network.Dimension).Fit(PairView.OfUnknownSize([]));

    private static void Save(NextTokenDiscriminatorScorer scorer, OnnxExportOptions options, string path, bool external)
    {
        var export = new ScorerExport(scorer, options);
        OnnxModelFile.Write(path, export.CreateModel(), export.Description, external ? 1000 : null);
    }

    private static void AssertRefused<TException>(NextTokenDiscriminatorScorer scorer, OnnxExportOptions options, string message)
        where TException : Exception => TemporaryFile.Use(path =>
    {
        Expect.Error<TException>(message, () => scorer.SaveAsOnnx(path, options));
        Assert.IsFalse(File.Exists(path));
    });
}
