using System.Text;
using System.Text.Json;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>Files and streams as other implementations read and write them.</summary>
[TestClass]
public sealed class OtherImplementationTests
{
    private const int Rows = 20;

    [TestMethod]
    [NeedsApacheArrow]
    [DataRow(".arrow")]
    [DataRow(".arrows")]
    public void Apache_arrow_of_npm_reads_what_the_tool_writes(string extension) => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), rows), Path.Combine(folder, "out" + extension));
        Assert.AreEqual("", ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output).Error);

        using var read = JsonDocument.Parse(Node("arrow.cjs", [], "read", output).Out);

        Assert.AreEqual("List<Float32>", read.RootElement.GetProperty("types").GetProperty("TokenScores").GetString());
        Assert.AreEqual("Bool", read.RootElement.GetProperty("types").GetProperty("PredictedLabel").GetString());
        AssertScores(rows, read.RootElement.GetProperty("columns"));
    });

    [TestMethod]
    [NeedsApacheArrow]
    public void Apache_arrow_of_npm_reads_the_tool_s_own_masks_and_fixed_size_lists() => TemporaryFolder.Use(folder =>
    {
        var rows = Samples.Fixed(Rows);
        var (input, output) = (Path.Combine(folder, "in.arrow"), Path.Combine(folder, "out.arrow"));
        SampleTable.WriteBatches(input, [SampleTable.ToBatch(
            ("PreviousEmbeddings", SampleTable.FixedFloats([.. rows.Select(row => row.PreviousEmbeddings)])),
            ("CurrentEmbeddings", SampleTable.FixedFloats([.. rows.Select(row => row.CurrentEmbeddings)])))]);
        Assert.AreEqual("", ToolRun.Run("transform", input, "--embedding-dimension", "8", "-o", output).Error);

        using var read = JsonDocument.Parse(Node("arrow.cjs", [], "read", output).Out);

        Assert.AreEqual("FixedSizeList[144]<Bool>", read.RootElement.GetProperty("types").GetProperty("Mask").GetString());
        foreach (var mask in read.RootElement.GetProperty("columns").GetProperty("Mask").EnumerateArray())
        {
            var i = 0;
            foreach (var value in mask.EnumerateArray())
            {
                Assert.AreEqual(NextTokenMask.IsBlocked(i / 12, i % 12, TokenRow.Tokens), value.GetBoolean());
                i++;
            }
        }
    });

    [TestMethod]
    [NeedsApacheArrow]
    public void Tool_scores_a_stream_that_apache_arrow_of_npm_writes_as_spark_pipes_it()
    {
        var rows = SampleTable.Rows(Rows);
        var written = Node("arrow.cjs", ToJson(rows), "write", "stream").Bytes;

        var run = ToolRun.Start(written, "score", "-", "-m", SampleModel.Path);

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        TemporaryFile.Use(path =>
        {
            File.WriteAllBytes(path, run.Bytes);
            using var read = JsonDocument.Parse(Node("arrow.cjs", [], "read", path).Out);
            AssertScores(rows, read.RootElement.GetProperty("columns"));
        });
    }

    [TestMethod]
    [NeedsDuckDb]
    public void DuckDB_reads_what_the_tool_writes() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.arrow"), rows), Path.Combine(folder, "out.parquet"));
        Assert.AreEqual("", ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output).Error);

        using var read = JsonDocument.Parse(Node("duckdb.cjs", [], "read", output).Out);

        AssertScores(rows, read.RootElement.GetProperty("columns"));
        var names = read.RootElement.GetProperty("columns").GetProperty("name");
        for (var i = 0; i < Rows; i++)
            Assert.AreEqual(i % 3 == 0 ? null : $"row {i}", names[i].GetString());
    });

    [TestMethod]
    [NeedsDuckDb]
    public void Tool_scores_a_file_that_DuckDB_writes() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), rows);
        var (copy, output) = (Path.Combine(folder, "copy.parquet"), Path.Combine(folder, "out.parquet"));
        Node("duckdb.cjs", [], "copy", input, copy);

        Assert.AreEqual("", ToolRun.Run("score", copy, "-m", SampleModel.Path, "-o", output).Error);

        ScoreTests.AssertScores(rows, SampleTable.Read(output));
    });

    private static byte[] ToJson(List<TrainingRow> rows) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        id = rows.Select(row => row.Number),
        PreviousEmbeddings = rows.Select(row => row.PreviousEmbeddings),
        CurrentEmbeddings = rows.Select(row => row.CurrentEmbeddings),
    }));

    private static void AssertScores(List<TrainingRow> rows, JsonElement columns)
    {
        var expected = SampleModel.Score(rows);
        Assert.AreEqual(rows.Count, columns.GetProperty("Score").GetArrayLength());
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.AreEqual(expected[i].Score, columns.GetProperty("Score")[i].GetSingle(), 1e-5f);
            var tokens = columns.GetProperty("TokenScores")[i];
            Assert.AreEqual(expected[i].TokenScores.Length, tokens.GetArrayLength());
            for (var t = 0; t < expected[i].TokenScores.Length; t++)
                Assert.AreEqual(expected[i].TokenScores[t], tokens[t].GetSingle(), 1e-5f);
        }
    }

    private static ToolRun Node(string script, byte[] input, params string[] arguments)
    {
        var run = OtherProgram.Run(input, "node", [OtherProgram.PathOf("OtherPrograms", script), .. arguments]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return run;
    }
}
