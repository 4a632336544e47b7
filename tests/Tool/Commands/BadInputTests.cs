using Apache.Arrow;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>Each fault of the input is one sentence, an exit code, and no output.</summary>
[TestClass]
public sealed class BadInputTests
{
    private const int Rows = 10;

    [TestMethod]
    public void Zip_of_something_else_is_refused() => TemporaryFolder.Use(folder =>
    {
        var zip = Path.Combine(folder, "other.zip");
        using (var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("letter.txt").Open();
            entry.Write("hello"u8);
        }

        AssertFails(folder, $"{zip}: expected a model that ML.NET saved. Model file refused: ", "score", Table(folder), "-m", zip, "-o", "OUT");
        AssertFails(folder, $"{zip}: expected a model that ML.NET saved. Model file refused: ", "inspect", zip);
    });

    [TestMethod]
    public void Missing_model_is_named() => TemporaryFolder.Use(folder =>
        AssertFails(folder, "absent.zip: expected a model, found no such file.", "score", Table(folder), "-m", "absent.zip", "-o", "OUT"));

    [TestMethod]
    public void Model_without_a_scorer_scores_nothing() => TemporaryFolder.Use(folder =>
    {
        var model = SampleModel.SaveTransform("transform-alone.zip");

        AssertFails(
            folder, $"{model}: expected a model with a next-token discriminator that scores, found NextTokenDiscriminatorTransformer.", "score", Table(folder), "-m", model, "-o", "OUT");
    });

    [TestMethod]
    public void Missing_file_is_named() => TemporaryFolder.Use(folder =>
    {
        var file = Path.Combine(folder, "absent.parquet");
        AssertFails(folder, $"{file}: expected a file, found none.", "score", file, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    public void Pattern_without_a_file_is_named() => TemporaryFolder.Use(folder =>
    {
        var pattern = Path.Combine(folder, "part-*.parquet");
        AssertFails(folder, $"{pattern}: expected at least one file, found none.", "score", pattern, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    public void File_that_is_no_table_is_named() => TemporaryFolder.Use(folder =>
    {
        var file = Path.Combine(folder, "in.parquet");
        File.WriteAllText(file, "a,b,c");
        AssertFails(folder, $"{file}: expected a Parquet or an Arrow file, found something else.", "score", file, "-m", SampleModel.Path, "-o", "OUT");
        File.WriteAllText(file, "");
        AssertFails(folder, $"{file}: expected a Parquet or an Arrow file, found an empty file.", "score", file, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    [DataRow(".parquet", "expected a whole Parquet file, found a damaged one: ")]
    [DataRow(".arrow", "expected whole Arrow data, found damaged data: ")]
    [DataRow(".arrows", "expected whole Arrow data, found damaged data: ")]
    public void File_that_was_cut_off_is_named(string extension, string expected) => TemporaryFolder.Use(folder =>
    {
        var file = SampleTable.Write(Path.Combine(folder, "in" + extension), SampleTable.Rows(Rows));
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        AssertFails(folder, $"{file}: {expected}", "score", file, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    public void Standard_input_that_is_no_stream_is_named() =>
        Assert.AreEqual(
            "standard input: expected an Arrow stream, found something else.",
            ToolRun.RunWith(new RunSettings { Input = "a,b,c"u8.ToArray() }, "score", "-", "-m", SampleModel.Path).Sentence);

    [TestMethod]
    public void Standard_input_of_nothing_is_named() =>
        Assert.AreEqual("standard input: expected an Arrow stream, found nothing.", ToolRun.Run("score", "-", "-m", SampleModel.Path).Sentence);

    [TestMethod]
    public void Column_of_the_wrong_type_is_named() => TemporaryFolder.Use(folder =>
    {
        var numbers = new ListArray.Builder(Apache.Arrow.Types.DoubleType.Default);
        numbers.Append();
        ((DoubleArray.Builder)numbers.ValueBuilder).Append(1);
        var file = Path.Combine(folder, "in.parquet");
        SampleTable.WriteBatches(file, [SampleTable.ToBatch(("PreviousEmbeddings", numbers.Build()), ("CurrentEmbeddings", SampleTable.Floats([[1]])))]);

        AssertFails(
            folder, $"{file}, column 'PreviousEmbeddings': expected list<float> or fixed_size_list<float>, found list<double>.",
            "score", file, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    public void Missing_column_is_named() => TemporaryFolder.Use(folder =>
    {
        var file = Path.Combine(folder, "in.parquet");
        SampleTable.WriteBatches(file, [SampleTable.ToBatch(("real", SampleTable.Floats([[1]])))]);

        AssertFails(
            folder, $"{file}: expected column 'PreviousEmbeddings', list<float>, found 'real'; --column PreviousEmbeddings=NAME names another.",
            "score", file, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    public void Null_in_a_column_that_is_read_is_named_by_file_and_row() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        var (previous, current) = (rows.Select(row => row.PreviousEmbeddings).ToArray<float[]?>(), rows.Select(row => row.CurrentEmbeddings));
        previous[6] = null;
        var file = Path.Combine(folder, "in.parquet");
        SampleTable.WriteBatches(file, [SampleTable.ToBatch(("PreviousEmbeddings", SampleTable.Floats(previous)), ("CurrentEmbeddings", SampleTable.Floats(current)))]);

        AssertFails(folder, $"{file}, row 6, column 'PreviousEmbeddings': expected a value, found null.", "score", file, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    public void Row_of_the_wrong_length_is_named_by_file_row_and_column() => TemporaryFolder.Use(folder =>
    {
        var rows = SampleTable.Rows(Rows);
        rows[8].CurrentEmbeddings = rows[8].CurrentEmbeddings[..^1];
        var file = SampleTable.Write(Path.Combine(folder, "in.parquet"), rows, batchRows: 3);

        AssertFails(folder, $"{file}, row 8, column 'CurrentEmbeddings': expected ", "score", file, "-m", SampleModel.Path, "-o", "OUT");
    });

    [TestMethod]
    public void Row_of_the_wrong_length_under_another_name_is_named_by_the_file_s_column() => TemporaryFolder.Use(folder =>
    {
        var file = Path.Combine(folder, "in.parquet");
        SampleTable.WriteBatches(file, [SampleTable.ToBatch(("real", SampleTable.Floats([new float[9]])), ("CurrentEmbeddings", SampleTable.Floats([new float[8]])))]);

        AssertFails(folder, $"{file}, row 0, column 'real': expected ", "score", file, "-m", SampleModel.Path, "-o", "OUT", "--column", "PreviousEmbeddings=real");
    });

    [TestMethod]
    public void Column_that_the_model_writes_too_is_named() => TemporaryFolder.Use(folder =>
    {
        var file = Path.Combine(folder, "in.parquet");
        var column = SampleTable.Floats([new float[8]]);
        SampleTable.WriteBatches(file, [SampleTable.ToBatch(("PreviousEmbeddings", column), ("CurrentEmbeddings", column), ("Score", column))]);

        AssertFails(folder, $"{file}: expected no column 'Score', which the model writes, found one; --drop Score leaves it out.", "score", file, "-m", SampleModel.Path, "-o", "OUT");
        Assert.AreEqual("", ToolRun.Run("score", file, "-m", SampleModel.Path, "-o", file + ".arrow", "--drop", "Score").Error);
    });

    [TestMethod]
    public void Output_that_cannot_be_written_is_named() => TemporaryFolder.Use(folder =>
    {
        File.WriteAllText(Path.Combine(folder, "file"), "");
        var output = Path.Combine(folder, "file", "out.parquet");
        Assert.StartsWith($"{output}: the file cannot be written: ", ToolRun.Run("score", Table(folder), "-m", SampleModel.Path, "-o", output).Sentence);
    });

    [TestMethod]
    public void Output_of_an_unknown_extension_is_an_error() => TemporaryFolder.Use(folder =>
        AssertFails(
            folder, $"{Path.Combine(folder, "out.csv")}: expected a name that ends in .parquet, .pq, .arrow, .feather, .ipc, .arrows, or --format, found neither.",
            "score", Table(folder), "-m", SampleModel.Path, "-o", Path.Combine(folder, "out.csv")));

    [TestMethod]
    public void Output_that_is_the_input_is_an_error() => TemporaryFolder.Use(folder =>
        AssertFails(
            folder, $"{Path.Combine(folder, "table.parquet")}: expected an output beside the input, found the input itself.",
            "score", Table(folder), "-m", SampleModel.Path, "-o", folder));

    [TestMethod]
    public void Terminal_gets_no_stream() => TemporaryFolder.Use(folder =>
    {
        var run = ToolRun.RunWith(new RunSettings { IsTerminal = true }, "score", Table(folder), "-m", SampleModel.Path, "-o", "-");
        Assert.AreEqual("Expected standard output to be a pipe or a file, which takes an Arrow stream, found a terminal; --output FILE writes a file.", run.Sentence);
    });

    [TestMethod]
    [DataRow("0/4")]
    [DataRow("5/4")]
    [DataRow("1")]
    [DataRow("a/b")]
    [DataRow("1/2/3")]
    [DataRow("-1/4")]
    public void Shard_out_of_range_is_an_error(string shard) => TemporaryFolder.Use(folder =>
        AssertFails(
            folder, $"--shard: expected INDEX/COUNT with 1 <= INDEX <= COUNT, or auto or none, found '{shard}'.",
            "score", Table(folder), "-m", SampleModel.Path, "-o", "OUT", "--shard", shard));

    [TestMethod]
    [DataRow("score")]
    [DataRow("score", "in.parquet")]
    [DataRow("scor", "in.parquet")]
    [DataRow("mask", "--tokens", "many")]
    [DataRow("transform", "in.parquet", "--max-tokens", "1.5")]
    public void Wrong_command_line_is_one_sentence_and_exit_code_2(params string[] arguments)
    {
        var run = ToolRun.Run(arguments);

        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.AreEqual("", run.Out);
        Assert.HasCount(1, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith("; --help lists the options.", run.Sentence);
    }

    private static string Table(string folder) => SampleTable.Write(Path.Combine(folder, "table.parquet"), SampleTable.Rows(Rows));

    // OUT stands for an output in the folder, which must not be there afterwards, not even in part.
    private static void AssertFails(string folder, string expected, params string[] arguments)
    {
        var before = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories);
        var run = ToolRun.Run([.. arguments.Select(argument => argument == "OUT" ? Path.Combine(folder, "results", "out.parquet") : argument)]);

        Assert.AreEqual(ExitCode.Failure, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Out);
        Assert.HasCount(1, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(expected, run.Sentence);
        var after = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Where(entry => entry != Path.Combine(folder, "results"));
        foreach (var entry in after.Except(before))
            Assert.IsFalse(entry.Contains("out", StringComparison.Ordinal), entry);
    }
}
