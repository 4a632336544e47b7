using System.Text.Json;
using System.Xml.Linq;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>Commands that need no rows: inspect, mask, weights, completion, and the help.</summary>
[TestClass]
public sealed class ModelCommandTests
{
    [TestMethod]
    public void Inspect_says_columns_stages_options_and_weights()
    {
        var run = ToolRun.Run("inspect", SampleModel.Path);

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        foreach (var expected in (string[])
            [
                "PreviousEmbeddings", "NextTokenDiscriminator", "NextTokenScorer", "embeddingDimension  ", "maxTokens", "layers", "badRowPolicy", "Weights: ", "input_projection.weight",
            ])
        {
            Assert.Contains(expected, run.Out);
        }
    }

    [TestMethod]
    public void Inspect_as_json_counts_each_weight()
    {
        using var json = JsonDocument.Parse(ToolRun.Run("inspect", SampleModel.Path, "--json").Out);

        var root = json.RootElement;
        Assert.AreEqual(8, root.GetProperty("options").GetProperty("NextTokenDiscriminatorScorer").GetProperty("embeddingDimension").GetInt32());
        Assert.AreEqual("NextTokenDiscriminator", root.GetProperty("stages")[0].GetProperty("name").GetString());
        foreach (var weight in root.GetProperty("weights").EnumerateArray())
        {
            var count = weight.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, size) => product * size.GetInt64());
            Assert.AreEqual(count, weight.GetProperty("count").GetInt64());
        }
    }

    [TestMethod]
    public void Inspect_says_the_candidates_of_each_token_where_they_are_several()
    {
        var model = SampleModel.Save("several.zip", candidates: 3);
        using var json = JsonDocument.Parse(ToolRun.Run("inspect", model, "--json").Out);
        var lines = ToolRun.Run("inspect", model).Out.Split('\n', StringSplitOptions.TrimEntries);

        Assert.HasCount(2, lines.Where(line => line.StartsWith("candidatesPerToken ", StringComparison.Ordinal) && line.EndsWith(" 3", StringComparison.Ordinal)));
        foreach (var stage in json.RootElement.GetProperty("options").EnumerateObject())
            Assert.AreEqual(3, stage.Value.GetProperty("candidatesPerToken").GetInt32(), stage.Name);
        Assert.DoesNotContain("candidatesPerToken", ToolRun.Run("inspect", SampleModel.Path).Out);
        Assert.DoesNotContain("candidatesPerToken", ToolRun.Run("inspect", SampleModel.Path, "--json").Out);
    }

    [TestMethod]
    public void Weights_are_those_of_the_scorer() => TemporaryFile.Use(path =>
    {
        Assert.AreEqual("", ToolRun.Run("weights", SampleModel.Path, "--to", "safetensors", path).Error);

        var context = new Microsoft.ML.MLContext();
        using var model = (Microsoft.ML.Data.TransformerChain<Microsoft.ML.ITransformer>)context.Model.Load(SampleModel.Path, out _);
        var scorer = (NextTokenDiscriminatorScorer)model.LastTransformer;
        var tensors = Safetensors.Read(path);
        CollectionAssert.AreEquivalent(scorer.Model.Names.ToArray(), tensors.Keys.ToArray());
        foreach (var (name, tensor) in tensors)
        {
            CollectionAssert.AreEqual(scorer.Model.Values(name).ToArray(), tensor.AsSingles().ToArray());
            CollectionAssert.AreEqual(scorer.Model.Shape(name).ToArray(), tensor.Shape.ToArray());
        }
    });

    [TestMethod]
    public void Weights_of_a_transform_alone_are_its_initial_embedding() => TemporaryFile.Use(path =>
    {
        Assert.AreEqual("", ToolRun.Run("weights", SampleModel.SaveTransform("transform.zip"), path).Error);
        Assert.HasCount(SampleModel.Dimension, InitialEmbeddingFile.LoadSafetensors(path));
    });

    [TestMethod]
    public void Mask_is_the_picture_of_the_readme()
    {
        const string expected = """
                         context       candidates
                         0  1  2  3    0  1  2  3
            context   0  o  .  .  .    .  .  .  .
            context   1  o  o  .  .    .  .  .  .
            context   2  o  o  o  .    .  .  .  .
            context   3  o  o  o  o    .  .  .  .
            candidate 0  o  .  .  .    o  .  .  .
            candidate 1  o  o  .  .    .  o  .  .
            candidate 2  o  o  o  .    .  .  o  .
            candidate 3  o  o  o  o    .  .  .  o

            """;

        Assert.AreEqual(expected, ToolRun.Run("mask", "--tokens", "4").Out.ReplaceLineEndings("\n"));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(6)]
    [DataRow(12)]
    public void Mask_as_svg_fills_the_cells_that_are_attended(int tokens) => TemporaryFile.Use(path =>
    {
        Assert.AreEqual("", ToolRun.Run("mask", "--tokens", $"{tokens}", "--svg", path).Error);

        XNamespace svg = "http://www.w3.org/2000/svg";
        var cells = XDocument.Load(path).Root!.Elements(svg + "rect").Skip(1).ToList();
        Assert.HasCount(4 * tokens * tokens, cells);
        for (var i = 0; i < cells.Count; i++)
            Assert.AreEqual(NextTokenMask.IsBlocked(i / (2 * tokens), i % (2 * tokens), tokens), (string?)cells[i].Attribute("fill") == "#eceff4");
    });

    [TestMethod]
    [DataRow("0")]
    [DataRow("65")]
    public void Mask_of_too_few_or_too_many_tokens_is_an_error(string tokens) =>
        Assert.AreEqual($"--tokens: expected 1 to 64, found {tokens}.", ToolRun.Run("mask", "--tokens", tokens).Sentence);

    [TestMethod]
    [DataRow("score")]
    [DataRow("evaluate")]
    [DataRow("train")]
    [DataRow("onnx")]
    [DataRow("transform")]
    [DataRow("inspect")]
    [DataRow("mask")]
    [DataRow("weights")]
    [DataRow("completion")]
    public void Help_of_each_command_has_examples_that_name_it(string command)
    {
        var run = ToolRun.Run(command, "--help");

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        var examples = run.Out[run.Out.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.IsNotEmpty(examples);
        foreach (var example in examples)
            Assert.Contains($"ntd {command}", example);
    }

    [TestMethod]
    public void Help_of_each_option_of_the_transform_is_its_documentation()
    {
        AssertDescribed(ToolRun.Run("transform", "--help").Out, typeof(NextTokenDiscriminatorEstimator.Options).GetProperties());
    }

    [TestMethod]
    public void Completion_offers_commands_and_options()
    {
        CollectionAssert.IsSubsetOf(new[] { "score", "transform", "inspect" }, Complete("ntd "));
        CollectionAssert.IsSubsetOf(new[] { "--model", "--output", "--shard" }, Complete("ntd score --"));
        CollectionAssert.AreEqual(new[] { "--tokens" }, Complete("ntd mask --t"));
    }

    [TestMethod]
    [DataRow("bash", "complete -o default -F _ntd ntd")]
    [DataRow("zsh", "compdef _ntd ntd")]
    [DataRow("fish", "complete -c ntd")]
    [DataRow("powershell", "Register-ArgumentCompleter")]
    public void Completion_prints_the_script_of_each_shell(string shell, string expected) => Assert.Contains(expected, ToolRun.Run("completion", shell).Out);

    /// <summary>Asserts that the help has a flag for each property with the text of its documentation.</summary>
    internal static void AssertDescribed(string help, IEnumerable<System.Reflection.PropertyInfo> properties)
    {
        var words = string.Join(' ', help.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        foreach (var property in properties)
        {
            var summary = new XmlSummaries(property.DeclaringType!.Assembly).Find(property);
            Assert.IsGreaterThan(10, summary.Length, property.Name);
            Assert.Contains($"{OptionFlags.GetFlag(property.Name)} ", help);
            Assert.Contains(summary, words);
        }
    }

    private static string[] Complete(string line)
    {
        var run = ToolRun.Run($"[suggest:{line.Length}]", line);
        return run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
