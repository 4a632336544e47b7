using System.Text.Json;
using System.Xml.Linq;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>ntd train: from tables to a model.</summary>
[TestClass]
public sealed class TrainTests
{
    private const int Rows = 200;

    // A network that is done in a moment.
    private static readonly string[] Small =
    [
        "--embedding-dimension", "8", "--max-tokens", "6", "--model-dimension", "8", "--layers", "1", "--feed-forward-dimension", "16", "--dropout", "0",
        "--batch-size", "16", "--learning-rate", "0.01", "--seed", "1",
    ];

    [TestMethod]
    public void Training_writes_a_model_that_scores_and_its_history() => TemporaryFolder.Use(folder =>
    {
        var (input, model, chart) = (Write(folder), Path.Combine(folder, "model.zip"), Path.Combine(folder, "loss.svg"));

        var run = ToolRun.Run(["train", input, "-o", model, "--epochs", "3", "--chart", chart, .. Small]);

        Assert.AreEqual(("", "", 0), (run.Out, run.Error, run.ExitCode));
        using var evaluation = JsonDocument.Parse(ToolRun.Run("evaluate", input, "-m", model, "--json").Out);
        Assert.IsGreaterThan(0.9, evaluation.RootElement.GetProperty("rows").GetProperty("areaUnderRocCurve").GetDouble());
        using var history = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "model.history.json")));
        Assert.AreEqual(3, history.RootElement.GetArrayLength());
        using var inspected = JsonDocument.Parse(ToolRun.Run("inspect", model, "--json").Out);
        Assert.AreEqual(3, inspected.RootElement.GetProperty("history").GetArrayLength());
        Assert.Contains("epoch 3", ToolRun.Run("inspect", model).Out);
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.HasCount(2, XDocument.Load(chart).Root!.Elements(svg + "polyline"));
    });

    [TestMethod]
    public void Rows_of_several_files_train_as_the_rows_of_one() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        SampleTable.Write(Path.Combine(folder, "one.parquet"), rows);
        SampleTable.Write(Path.Combine(folder, "part-0.arrow"), rows[..77]);
        SampleTable.Write(Path.Combine(folder, "part-1.parquet"), rows[77..]);

        var weights = new List<byte[]>();
        foreach (var input in (string[])["one.parquet", "part-*"])
        {
            var (model, tensors) = (Path.Combine(folder, "model.zip"), Path.Combine(folder, "weights"));
            Assert.AreEqual("", ToolRun.Run(["train", Path.Combine(folder, input), "-o", model, "--overwrite", "--epochs", "2", .. Small]).Error);
            Assert.AreEqual("", ToolRun.Run("weights", model, tensors).Error);
            weights.Add(File.ReadAllBytes(tensors));
        }

        CollectionAssert.AreEqual(weights[0], weights[1]);
    });

    [TestMethod]
    public void Flags_come_before_the_options_of_the_file() => TemporaryFolder.Use(folder =>
    {
        var (input, options, model) = (Write(folder), Path.Combine(folder, "options.json"), Path.Combine(folder, "model.zip"));
        File.WriteAllText(options, """
            {
              "transform": { "EmbeddingDimension": 8, "MaxTokens": 6, "OutputColumnName": "Sequence" },
              "trainer": { "modelDimension": 16, "layers": 1, "epochs": 1, "validationFraction": 0, "badRowPolicy": "Skip", "lossKind": "Token" }
            }
            """);

        Assert.AreEqual("", ToolRun.Run("train", input, "-o", model, "--options", options, "--model-dimension", "8", "--max-tokens", "7").Error);

        using var inspected = JsonDocument.Parse(ToolRun.Run("inspect", model, "--json").Out);
        var scorer = inspected.RootElement.GetProperty("options").GetProperty("NextTokenDiscriminatorScorer");
        Assert.AreEqual(8, scorer.GetProperty("modelDimension").GetInt32());
        Assert.AreEqual("Skip", scorer.GetProperty("badRowPolicy").GetString());
        Assert.StartsWith("Sequence", scorer.GetProperty("reads").GetString());
        Assert.AreEqual(7, inspected.RootElement.GetProperty("options").GetProperty("NextTokenDiscriminatorTransformer").GetProperty("maxTokens").GetInt32());
    });

    [TestMethod]
    public void Rows_of_other_files_validate() => TemporaryFolder.Use(folder =>
    {
        var (input, model) = (Write(folder), Path.Combine(folder, "model.zip"));
        var validation = SampleTable.Write(Path.Combine(folder, "validation.arrow"), SampleTable.Rows(40, seed: 9));

        Assert.AreEqual("", ToolRun.Run(["train", input, "-o", model, "--validation", validation, "--epochs", "1", .. Small]).Error);

        using var history = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "model.history.json")));
        Assert.IsTrue(history.RootElement[0].TryGetProperty("validation", out _));
    });

    [TestMethod]
    public void Checkpoint_is_gone_when_the_model_is_saved() => TemporaryFolder.Use(folder =>
    {
        var (input, model, checkpoint) = (Write(folder), Path.Combine(folder, "model.zip"), Path.Combine(folder, "checkpoint"));

        Assert.AreEqual("", ToolRun.Run(["train", input, "-o", model, "--checkpoint-path", checkpoint, "--epochs", "1", .. Small]).Error);

        Assert.IsTrue(File.Exists(model));
        Assert.IsFalse(File.Exists(checkpoint));
    });

    [TestMethod]
    [FullRun]
    public void Training_that_was_killed_goes_on_to_the_same_weights() => TemporaryFolder.Use(folder =>
    {
        var (input, checkpoint) = (Write(folder), Path.Combine(folder, "checkpoint"));
        string[] Arguments(string model) => ["train", input, "-o", Path.Combine(folder, model), "--epochs", "20", "--patience", "0", "--checkpoint-path", checkpoint, .. Small];
        Assert.AreEqual("", ToolRun.Run([.. Arguments("alone.zip")]).Error);

        using (var process = System.Diagnostics.Process.Start(ToolRun.CreateStart(Arguments("killed.zip")))!)
        {
            while (!File.Exists(checkpoint) && !process.HasExited)
                Thread.Sleep(5);
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        Assert.IsFalse(File.Exists(Path.Combine(folder, "killed.zip")), "The training was over before it was killed.");
        Assert.AreEqual("", ToolRun.Run(Arguments("killed.zip")).Error);
        foreach (var model in (string[])["alone", "killed"])
            Assert.AreEqual("", ToolRun.Run("weights", Path.Combine(folder, $"{model}.zip"), Path.Combine(folder, model)).Error);
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(folder, "alone")), File.ReadAllBytes(Path.Combine(folder, "killed")));
    });

    [TestMethod]
    public void Model_that_exists_is_an_error_and_stays() => TemporaryFolder.Use(folder =>
    {
        var (input, model) = (Write(folder), Path.Combine(folder, "model.zip"));
        File.WriteAllText(model, "mine");

        Assert.AreEqual($"{model}: expected no file, found one; --overwrite replaces it.", ToolRun.Run(["train", input, "-o", model, .. Small]).Sentence);

        Assert.AreEqual("mine", File.ReadAllText(model));
    });

    [TestMethod]
    [DataRow("""{ "trainer": { "Epoch": 1 } }""", "expected {\"transform\": {...}, \"trainer\": {...}} with the names of the options, found something else: ")]
    [DataRow("""{ "trainer": { "epochs": "many" } }""", "expected {\"transform\": {...}, \"trainer\": {...}} with the names of the options, found something else: ")]
    [DataRow("[]", "expected {\"transform\": {...}, \"trainer\": {...}} with the names of the options, found something else: ")]
    public void Options_that_do_not_exist_are_an_error(string json, string expected) => TemporaryFolder.Use(folder =>
    {
        var (input, options) = (Write(folder), Path.Combine(folder, "options.json"));
        File.WriteAllText(options, json);

        var run = ToolRun.Run("train", input, "-o", Path.Combine(folder, "model.zip"), "--options", options);

        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.StartsWith($"{options}: {expected}", run.Sentence);
    });

    [TestMethod]
    public void Invalid_option_is_named() => TemporaryFolder.Use(folder =>
    {
        var run = ToolRun.Run(["train", Write(folder), "-o", Path.Combine(folder, "model.zip"), .. Small, "--epochs", "-1"]);

        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.StartsWith("Epochs: ", run.Sentence);
    });

    [TestMethod]
    public void Row_that_cannot_be_read_is_named_by_its_own_file() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(9);
        rows[4].PreviousEmbeddings = rows[4].PreviousEmbeddings[..^1];
        SampleTable.Write(Path.Combine(folder, "a.parquet"), SampleTable.Rows(9));
        var second = SampleTable.Write(Path.Combine(folder, "b.parquet"), rows);

        var run = ToolRun.Run(["train", Path.Combine(folder, "*.parquet"), "-o", Path.Combine(folder, "model.zip"), .. Small]);

        Assert.StartsWith($"{second}, row 4, column 'PreviousEmbeddings': expected ", run.Sentence);
    });

    [TestMethod]
    public void Standard_input_cannot_be_read_once_an_epoch() =>
        Assert.AreEqual("Expected files, which are read once an epoch, found standard input.", ToolRun.Run("train", "-", "-o", "model.zip").Sentence);

    [TestMethod]
    public void Help_of_each_flag_is_the_option_s_documentation()
    {
        ModelCommandTests.AssertDescribed(
            ToolRun.Run("train", "--help").Out,
            typeof(NextTokenDiscriminatorTrainer.Options).GetProperties().Where(property => property.Name is not ("FeatureColumnName" or "ProcessGroup")));
    }

    private static string Write(string folder) => SampleTable.Write(Path.Combine(folder, "rows.parquet"), SampleTable.Rows(Rows));
}
