using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>ntd score: from tables to tables.</summary>
[TestClass]
public sealed class ScoreTests
{
    private const int Rows = 30;

    [TestMethod]
    [DataRow(".parquet")]
    [DataRow(".arrow")]
    [DataRow(".arrows")]
    public void Score_of_a_file_equals_the_score_of_the_model(string extension) => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in" + extension), rows), Path.Combine(folder, "out" + extension));

        var run = ToolRun.Run("score", input, "--model", SampleModel.Path, "--output", output);

        Assert.AreEqual(("", "", 0), (run.Out, run.Error, run.ExitCode));
        AssertScores(rows, SampleTable.Read(output));
    });

    [TestMethod]
    public void Score_of_a_stream_equals_the_score_of_the_model()
    {
        var rows = SampleTable.Rows(Rows);

        var run = ToolRun.RunWith(new RunSettings { Input = SampleTable.ToStream(rows) }, "score", "-", "-m", SampleModel.Path);

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        AssertScores(rows, SampleTable.Read(run.Bytes));
    }

    [TestMethod]
    public void Score_in_a_process_of_its_own_reads_and_writes_streams()
    {
        var rows = SampleTable.Rows(Rows);

        var run = ToolRun.Start(SampleTable.ToStream(rows), "score", "-", "-m", SampleModel.Path);

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        AssertScores(rows, SampleTable.Read(run.Bytes));
    }

    [TestMethod]
    public void Stream_without_rows_gives_a_stream_without_rows()
    {
        var empty = SampleTable.ToStream(SampleTable.Rows(1));
        using var stream = new MemoryStream();
        using (var reader = TableFile.Open("-", new ToolConsole { Out = System.IO.TextWriter.Null, Error = System.IO.TextWriter.Null, OpenInput = () => new MemoryStream(empty), OpenOutput = () => Stream.Null, Environment = _ => null }))
        {
            using var writer = TableFile.Create(stream, TableFormat.ArrowStream, reader.Schema);
            writer.Finish();
        }

        var run = ToolRun.RunWith(new RunSettings { Input = stream.ToArray() }, "score", "-", "-m", SampleModel.Path);

        Assert.AreEqual(("", 0), (run.Error, run.ExitCode));
        var table = SampleTable.Read(run.Bytes);
        Assert.AreEqual(0, table.Count);
        CollectionAssert.Contains(table.Names, "TokenScores");
    }

    [TestMethod]
    [DataRow(".parquet")]
    [DataRow(".arrow")]
    public void Columns_that_the_model_does_not_read_pass_through_in_their_order(string extension) => TemporaryFolder.Use(folder =>
    {
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in" + extension), SampleTable.Rows(Rows)), Path.Combine(folder, "out" + extension));

        Assert.AreEqual(0, ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output).ExitCode);

        var (before, after) = (SampleTable.Read(input), SampleTable.Read(output));
        CollectionAssert.AreEqual(
            new[] { "id", "name", "when", "tags", "point", "Label", "TokenLabels", "PredictedLabel", "Score", "Probability", "TokenScores" }, after.Names);
        foreach (var name in SampleTable.Others)
        {
            CollectionAssert.AreEqual(before[name], after[name], name);
            Assert.AreEqual(before.Columns.Single(column => column.Name == name), after.Columns.Single(column => column.Name == name));
        }

        Assert.AreEqual("tests", after.Metadata["origin"]);
    });

    [TestMethod]
    public void Columns_of_fixed_size_lists_give_the_scores_of_lists() => TemporaryFolder.Use(folder =>
    {
        var rows = Samples.Fixed(Rows);
        var (lists, fixedLists) = (Path.Combine(folder, "lists.parquet"), Path.Combine(folder, "fixed.parquet"));
        SampleTable.WriteBatches(lists, [SampleTable.ToBatch(
            ("PreviousEmbeddings", SampleTable.Floats(rows.Select(row => row.PreviousEmbeddings))), ("CurrentEmbeddings", SampleTable.Floats(rows.Select(row => row.CurrentEmbeddings))))]);
        SampleTable.WriteBatches(fixedLists, [SampleTable.ToBatch(
            ("PreviousEmbeddings", SampleTable.FixedFloats([.. rows.Select(row => row.PreviousEmbeddings)])),
            ("CurrentEmbeddings", SampleTable.FixedFloats([.. rows.Select(row => row.CurrentEmbeddings)])))]);

        foreach (var input in (string[])[lists, fixedLists])
            Assert.AreEqual("", ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", input + ".arrow").Error);

        var (expected, found) = (SampleTable.Read(lists + ".arrow"), SampleTable.Read(fixedLists + ".arrow"));
        CollectionAssert.AreEqual(expected["TokenScores"], found["TokenScores"]);
        Assert.AreEqual($"fixed_size_list<float>[{TokenRow.Tokens}]", found.Columns.Single(column => column.Name == "TokenScores").Type);
    });

    [TestMethod]
    public void Option_column_reads_a_column_of_another_name() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (input, output) = (Path.Combine(folder, "in.parquet"), Path.Combine(folder, "out.parquet"));
        SampleTable.WriteBatches(input, [SampleTable.ToBatch(
            ("real", SampleTable.Floats(rows.Select(row => row.PreviousEmbeddings))), ("generated", SampleTable.Floats(rows.Select(row => row.CurrentEmbeddings))))]);

        var run = ToolRun.Run(
            "score", input, "-m", SampleModel.Path, "-o", output, "--column", "PreviousEmbeddings=real", "--column", "CurrentEmbeddings=generated");

        Assert.AreEqual("", run.Error);
        AssertScores(rows, SampleTable.Read(output));
    });

    [TestMethod]
    public void Options_keep_inputs_and_drop_columns() => TemporaryFolder.Use(folder =>
    {
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows)), Path.Combine(folder, "out.parquet"));

        Assert.AreEqual("", ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output, "--keep-inputs", "--drop", "point", "--drop", "tags").Error);

        var (before, after) = (SampleTable.Read(input), SampleTable.Read(output));
        CollectionAssert.AreEqual(before["PreviousEmbeddings"], after["PreviousEmbeddings"]);
        CollectionAssert.DoesNotContain(after.Names, "point");
        CollectionAssert.DoesNotContain(after.Names, "tags");
    });

    [TestMethod]
    public void Without_an_output_the_first_rows_are_shown() => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));

        var run = ToolRun.Run("score", input, "-m", SampleModel.Path, "--drop", "tags");

        Assert.AreEqual(0, run.ExitCode);
        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(11, lines);
        Assert.Contains("TokenScores", lines[0]);
        Assert.StartsWith("9 ", lines[10]);
        Assert.AreEqual($"the first 10 rows of {input}; --output FILE writes all.", run.Sentence);
    });

    [TestMethod]
    public void Option_bad_rows_skip_writes_rows_without_a_score() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        rows[4].CurrentEmbeddings = [.. rows[4].CurrentEmbeddings, .. rows[4].CurrentEmbeddings];
        rows[4].PreviousEmbeddings = [.. rows[4].PreviousEmbeddings, .. rows[4].PreviousEmbeddings];
        rows[5].CurrentEmbeddings[0] = float.NaN;
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), [rows[5], rows[6]]), Path.Combine(folder, "out.parquet"));

        var run = ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output, "--bad-rows", "skip");

        Assert.AreEqual(0, run.ExitCode);
        var table = SampleTable.Read(output);
        Assert.AreEqual("NaN", table["Score"][0]);
        Assert.AreNotEqual("NaN", table["Score"][1]);
    });

    [TestMethod]
    public void Token_probabilities_are_written_if_asked_for() => TemporaryFolder.Use(folder =>
    {
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows)), Path.Combine(folder, "out.parquet"));

        Assert.AreEqual("", ToolRun.Run("score", input, "-m", SampleModel.Path, "-o", output, "--token-probabilities").Error);

        var table = SampleTable.Read(output);
        foreach (var (logits, probabilities) in table.Lists("TokenScores").Zip(table.Lists("TokenProbabilities")))
        {
            foreach (var (logit, probability) in logits.Zip(probabilities))
                Assert.AreEqual(1 / (1 + Math.Exp(-logit)), probability, 1e-6);
        }
    });

    internal static void AssertScores(List<TrainingRow> rows, ReadTable table)
    {
        var expected = SampleModel.Score(rows);
        Assert.AreEqual(rows.Count, table.Count);
        var (scores, tokens) = (table.Numbers("Score"), table.Lists("TokenScores"));
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.AreEqual(expected[i].Score, scores[i], 1e-5f, $"row {i}");
            Assert.HasCount(expected[i].TokenScores.Length, tokens[i]);
            for (var t = 0; t < tokens[i].Length; t++)
                Assert.AreEqual(expected[i].TokenScores[t], tokens[i][t], 1e-5f, $"row {i}, token {t}");
        }
    }
}
