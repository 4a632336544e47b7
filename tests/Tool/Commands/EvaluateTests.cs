using System.Text.Json;
using System.Xml.Linq;
using Microsoft.ML;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>ntd evaluate: metrics of rows and tokens.</summary>
[TestClass]
public sealed class EvaluateTests
{
    private const int Rows = 40;

    [TestMethod]
    public void Metrics_are_those_of_ml_net() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), rows);

        var run = ToolRun.Run("evaluate", input, "-m", SampleModel.Path, "--json");

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        var context = new MLContext(1);
        using var model = (Microsoft.ML.Data.TransformerChain<ITransformer>)context.Model.Load(SampleModel.Path, out _);
        var scored = model.Transform(context.Data.LoadFromEnumerable(rows));
        var (expectedRows, expectedTokens) = (context.BinaryClassification.Evaluate(scored), context.BinaryClassification.EvaluateTokens(scored));
        using var json = JsonDocument.Parse(run.Out);
        Assert.AreEqual(expectedRows.AreaUnderRocCurve, Number(json, "rows", "areaUnderRocCurve"), 1e-6);
        Assert.AreEqual(expectedRows.LogLoss, Number(json, "rows", "logLoss"), 1e-6);
        Assert.AreEqual(expectedTokens.AreaUnderRocCurve, Number(json, "tokens", "areaUnderRocCurve"), 1e-6);
        Assert.AreEqual(expectedTokens.All.Count, Number(json, "tokens", "count"));
        Assert.AreEqual(expectedTokens.ByPosition.Length, json.RootElement.GetProperty("tokens").GetProperty("byPosition").GetArrayLength());
    });

    [TestMethod]
    public void Labels_per_token_give_the_metrics_of_tokens_alone() => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));

        using var perToken = JsonDocument.Parse(ToolRun.Run("evaluate", input, "-m", SampleModel.Path, "--label", "TokenLabels", "--json").Out);
        using var perRow = JsonDocument.Parse(ToolRun.Run("evaluate", input, "-m", SampleModel.Path, "--json").Out);

        Assert.IsFalse(perToken.RootElement.TryGetProperty("rows", out _));
        // The labels of a sample row's tokens are the row's.
        Assert.AreEqual(Number(perRow, "tokens", "areaUnderRocCurve"), Number(perToken, "tokens", "areaUnderRocCurve"), 1e-12);
    });

    [TestMethod]
    public void Shards_scored_apart_are_evaluated_together() => TemporaryFolder.Use(folder =>
    {
        for (var i = 0; i < 4; i++)
            SampleTable.Write(Path.Combine(folder, $"part-{i}.parquet"), SampleTable.Rows(Rows, seed: i + 1));
        var (pattern, scores) = (Path.Combine(folder, "part-*.parquet"), Path.Combine(folder, "scores"));
        foreach (var shard in (string[])["1/2", "2/2"])
            Assert.AreEqual("", ToolRun.Run("score", pattern, "-m", SampleModel.Path, "-o", scores, "--shard", shard).Error);

        var (together, direct) = (ToolRun.Run("evaluate", Path.Combine(scores, "*.parquet"), "--json"), ToolRun.Run("evaluate", pattern, "-m", SampleModel.Path, "--json"));

        Assert.AreEqual("", together.Error);
        Assert.AreEqual(direct.Out, together.Out);
        using var json = JsonDocument.Parse(together.Out);
        Assert.AreEqual(4, json.RootElement.GetProperty("files").GetInt32());
    });

    [TestMethod]
    public void Stream_is_evaluated_in_one_pass()
    {
        var run = ToolRun.RunWith(new RunSettings { Input = SampleTable.ToStream(SampleTable.Rows(Rows)) }, "evaluate", "-", "-m", SampleModel.Path, "--json");

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        using var json = JsonDocument.Parse(run.Out);
        Assert.IsGreaterThan(Rows, Number(json, "tokens", "count"));
    }

    [TestMethod]
    public void Text_has_a_line_for_each_metric_and_each_position() => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));

        var lines = ToolRun.Run("evaluate", input, "-m", SampleModel.Path).Out.Split('\n').Select(line => line.Trim()).ToArray();

        foreach (var metric in (string[])["count", "accuracy", "area under roc curve", "log loss", "expected calibration error"])
            Assert.Contains(line => line.StartsWith(metric, StringComparison.Ordinal), lines, metric);
        var positions = lines.SkipWhile(line => !line.StartsWith("position", StringComparison.Ordinal)).Skip(1).Where(line => line.Length > 0).ToArray();
        Assert.HasCount(SampleModel.MaxTokens, positions);
    });

    [TestMethod]
    public void Chart_has_a_point_for_each_position() => TemporaryFolder.Use(folder =>
    {
        var (input, chart) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows)), Path.Combine(folder, "auc.svg"));

        Assert.AreEqual("", ToolRun.Run("evaluate", input, "-m", SampleModel.Path, "--chart", chart).Error);

        XNamespace svg = "http://www.w3.org/2000/svg";
        var points = ((string)XDocument.Load(chart).Root!.Element(svg + "polyline")!.Attribute("points")!).Split(' ');
        Assert.HasCount(SampleModel.MaxTokens, points);
    });

    [TestMethod]
    public void Missing_label_is_named() => AssertFails("expected column 'Truth', bool or list<bool>, found none; --label names another.", "", "--label", "Truth");

    [TestMethod]
    public void Label_of_another_type_is_named() => AssertFails("expected bool or list<bool>, found int64.", ", column 'id'", "--label", "id");

    [TestMethod]
    public void Files_without_scores_need_a_model() => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));
        Assert.AreEqual($"{input}: expected column 'TokenScores', which ntd score writes, or --model, found neither.", ToolRun.Run("evaluate", input).Sentence);
    });

    [TestMethod]
    public void Files_of_other_columns_are_named() => TemporaryFolder.Use(folder =>
    {
        var (first, second) = (SampleTable.Write(Path.Combine(folder, "a.parquet"), SampleTable.Rows(Rows)), Path.Combine(folder, "b.parquet"));
        SampleTable.WriteBatches(second, [SampleTable.ToBatch(("id", SampleTable.Floats([[1]])))]);

        Assert.AreEqual(
            $"{second}, column 'id': expected int64 as in {first}, found list<float>.", ToolRun.Run("evaluate", first, second, "-m", SampleModel.Path).Sentence);
    });

    [TestMethod]
    [DataRow("Label")]
    [DataRow("TokenLabels")]
    public void Row_that_cannot_be_scored_is_named_by_its_own_file(string label) => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        rows[7].CurrentEmbeddings = rows[7].CurrentEmbeddings[..^1];
        var first = SampleTable.Write(Path.Combine(folder, "a.parquet"), SampleTable.Rows(Rows));
        var second = SampleTable.Write(Path.Combine(folder, "b.parquet"), rows);

        var run = ToolRun.Run("evaluate", first, second, "-m", SampleModel.Path, "--label", label);

        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.StartsWith($"{second}, row 7, column 'CurrentEmbeddings': expected ", run.Sentence);
    });

    [TestMethod]
    [DataRow("Label")]
    [DataRow("TokenLabels")]
    public void Null_in_a_sequence_is_named_by_file_and_row(string label) => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(3);
        var batch = SampleTable.Create(rows);
        var file = Path.Combine(folder, "a.parquet");
        SampleTable.WriteBatches(file, [SampleTable.ToBatch(
            ("PreviousEmbeddings", SampleTable.Floats([rows[0].PreviousEmbeddings, null, rows[2].PreviousEmbeddings])), ("CurrentEmbeddings", batch.Column("CurrentEmbeddings")),
            ("Label", batch.Column("Label")), ("TokenLabels", batch.Column("TokenLabels")))]);

        Assert.AreEqual(
            $"{file}, row 1, column 'PreviousEmbeddings': expected a value, found null.", ToolRun.Run("evaluate", file, "-m", SampleModel.Path, "--label", label).Sentence);
    });

    private static void AssertFails(string expected, string place, params string[] arguments) => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));
        var run = ToolRun.Run(["evaluate", input, "-m", SampleModel.Path, .. arguments]);
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.AreEqual($"{input}{place}: {expected}", run.Sentence);
    });

    private static double Number(JsonDocument json, string part, string name) => json.RootElement.GetProperty(part).GetProperty(name).GetDouble();
}
