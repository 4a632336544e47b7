using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>ntd transform: combined sequences and masks as columns.</summary>
[TestClass]
public sealed class TransformTests
{
    private const int Rows = 12;

    [TestMethod]
    [DataRow(".parquet")]
    [DataRow(".arrow")]
    public void Transform_writes_the_combined_sequence_and_the_mask_of_each_row(string extension) => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in" + extension), rows), Path.Combine(folder, "out" + extension));

        var run = ToolRun.Run("transform", input, "--embedding-dimension", "8", "--max-tokens", "6", "-o", output);

        Assert.AreEqual("", run.Error);
        AssertCombined(rows, SampleTable.Read(output));
    });

    [TestMethod]
    public void Transform_of_a_model_writes_what_the_options_would_write() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), rows), Path.Combine(folder, "out.parquet"));

        Assert.AreEqual("", ToolRun.Run("transform", input, "-m", SampleModel.Path, "-o", output).Error);

        AssertCombined(rows, SampleTable.Read(output));
    });

    [TestMethod]
    public void Transform_of_a_stream_is_a_stream()
    {
        var rows = SampleTable.Rows(Rows);

        var run = ToolRun.RunWith(new RunSettings { Input = SampleTable.ToStream(rows) }, "transform", "-", "--embedding-dimension", "8");

        Assert.AreEqual("", run.Error);
        AssertCombined(rows, SampleTable.Read(run.Bytes));
    }

    [TestMethod]
    public void Empty_mask_name_writes_no_mask() => TemporaryFolder.Use(folder =>
    {
        var (input, output) = (SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows)), Path.Combine(folder, "out.parquet"));

        Assert.AreEqual("", ToolRun.Run("transform", input, "--embedding-dimension", "8", "--mask-column-name", "", "-o", output).Error);

        CollectionAssert.DoesNotContain(SampleTable.Read(output).Names, "Mask");
    });

    [TestMethod]
    public void Results_far_larger_than_their_rows_are_written_in_pieces() => TemporaryFolder.Use(folder =>
    {
        // A mask of 400 tokens has 640,000 values: 26 of them reach the limit within one record batch.
        const int tokens = 400;
        var rows = Enumerable.Range(0, 60).Select(i => new TrainingRow { PreviousEmbeddings = new float[tokens], CurrentEmbeddings = new float[tokens], Number = i }).ToList();
        foreach (var extension in (string[])[".parquet", ".arrow"])
        {
            var (input, output) = (SampleTable.Write(Path.Combine(folder, "in" + extension), rows, batchRows: 100), Path.Combine(folder, "out" + extension));

            Assert.AreEqual("", ToolRun.Run("transform", input, "--embedding-dimension", "1", "-o", output).Error);

            using var reader = TableFile.Open(output, SampleTable.NoConsole);
            var (pieces, next) = (0, 0L);
            while (reader.Read() is { } batch)
            {
                using var disposed = batch;
                pieces++;
                for (var i = 0; i < batch.Length; i++)
                    Assert.AreEqual(next++, ((Apache.Arrow.Int64Array)batch.Column("id")).GetValue(i));
                var names = (Apache.Arrow.StringArray)batch.Column("name");
                for (var i = 0; i < batch.Length; i++)
                    Assert.AreEqual((next - batch.Length + i) % 3 == 0 ? null : $"row {next - batch.Length + i}", names.GetString(i));
            }

            Assert.AreEqual(60, next);
            Assert.IsGreaterThan(1, pieces);
        }
    });

    [TestMethod]
    public void Neither_a_dimension_nor_a_model_is_an_error() => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));
        Assert.AreEqual(
            "Expected --embedding-dimension, the values of a token's embedding, or --model, found neither.", ToolRun.Run("transform", input).Sentence);
    });

    [TestMethod]
    public void Both_an_option_and_a_model_are_an_error() => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));
        Assert.AreEqual(
            "--max-tokens: expected the options of the transform or --model, whose transform has its own, found both.",
            ToolRun.Run("transform", input, "-m", SampleModel.Path, "--max-tokens", "6").Sentence);
    });

    [TestMethod]
    public void Unknown_value_of_an_option_is_an_error_with_those_that_exist() => TemporaryFolder.Use(folder =>
    {
        var input = SampleTable.Write(Path.Combine(folder, "in.parquet"), SampleTable.Rows(Rows));
        Assert.AreEqual(
            "--mask-kind: expected blocked, allowed, additive, found 'causal'.",
            ToolRun.Run("transform", input, "--embedding-dimension", "8", "--mask-kind", "causal").Sentence);
    });

    private static void AssertCombined(List<TrainingRow> rows, ReadTable table)
    {
        Assert.AreEqual(rows.Count, table.Count);
        var (combined, masks) = (table.Lists("Combined"), table.Lists("Mask"));
        for (var i = 0; i < rows.Count; i++)
        {
            var (previous, current) = (rows[i].PreviousEmbeddings, rows[i].CurrentEmbeddings);
            var tokens = previous.Length / SampleModel.Dimension;
            float[] expected = [.. new float[SampleModel.Dimension], .. previous[..^SampleModel.Dimension], .. current];
            CollectionAssert.AreEqual(expected, combined[i]);
            for (var query = 0; query < 2 * tokens; query++)
            {
                for (var key = 0; key < 2 * tokens; key++)
                    Assert.AreEqual(NextTokenMask.IsBlocked(query, key, tokens) ? 1 : 0, masks[i][query * 2 * tokens + key]);
            }
        }
    }
}
