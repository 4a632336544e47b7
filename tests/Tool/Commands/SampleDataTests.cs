using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>examples/data: the rows, and the commands of the READMEs on them.</summary>
/// <remarks><c>MLNETNTD_UPDATE_DATA=1 dotnet test tests/Tool --filter Sample_table</c> writes the rows anew.</remarks>
[TestClass]
public sealed class SampleDataTests
{
    private const int Rows = 400;
    private const int Tokens = 8;
    private const int Dimension = 8;
    private const int Letters = 16;

    // Of ten candidates three are replaced.
    private const double Replaced = 0.3;

    private const string Command = "dotnet run --project src/Tool -- ";

    private static readonly string Table = OtherProgram.PathOf("data", "sample.parquet");

    [TestMethod]
    public void Sample_table_is_what_its_readme_says() => TemporaryFolder.Use(folder =>
    {
        var written = Path.Combine(folder, "sample.parquet");
        SampleTable.WriteBatches(written, [CreateRows()]);
        if (Environment.GetEnvironmentVariable("MLNETNTD_UPDATE_DATA") == "1")
            File.Copy(written, Path.Combine(FindRepository(), "examples", "data", "sample.parquet"), overwrite: true);

        var (expected, found) = (SampleTable.Read(written), SampleTable.Read(Table));

        CollectionAssert.AreEqual(expected.Columns.ToArray(), found.Columns.ToArray());
        foreach (var name in expected.Names)
            CollectionAssert.AreEqual(expected[name], found[name], name);
    });

    [TestMethod]
    public void Commands_of_the_data_s_readme_train_a_model_that_tells_the_replaced_letters() => TemporaryFolder.Use(folder =>
    {
        var commands = ReadCommands(Path.Combine("examples", "data", "README.md"), Path.Combine(folder, "model.zip"));

        var runs = commands.Select((command, i) => ToolRun.Run(i == 0 ? command : [.. command, "--json"])).ToArray();

        Assert.IsTrue(runs.All(run => run.ExitCode == 0), runs[0].Error + runs[1].Error);
        using var json = System.Text.Json.JsonDocument.Parse(runs[1].Out);
        Assert.IsGreaterThan(0.8, json.RootElement.GetProperty("tokens").GetProperty("areaUnderRocCurve").GetDouble());
    });

    [TestMethod]
    public void Commands_of_the_readme_train_a_model_and_show_scores() => TemporaryFolder.Use(folder =>
    {
        var commands = ReadCommands("README.md", Path.Combine(folder, "model.zip"));

        var runs = commands.Select(command => ToolRun.Start([], command)).ToArray();

        Assert.IsTrue(runs.All(run => run.ExitCode == 0), runs[0].Error + runs[1].Error);
        Assert.HasCount(11, runs[1].Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    });

    // The tool's commands of a page, with the paths of this run.
    private static string[][] ReadCommands(string page, string model) =>
    [
        .. File.ReadLines(Path.Combine(FindRepository(), page)).Where(line => line.StartsWith(Command, StringComparison.Ordinal))
            .Select(line => line[Command.Length..].Replace("examples/data/sample.parquet", Table, StringComparison.Ordinal).Replace("model.zip", model, StringComparison.Ordinal).Split(' ')),
    ];

    // Each letter is followed by itself or one of the next two; a candidate that is replaced is any letter.
    private static RecordBatch CreateRows()
    {
        var random = new Random(1);
        var embeddings = Enumerable.Range(0, Letters).Select(_ => Enumerable.Range(0, Dimension).Select(_ => (float)Math.Round(2 * random.NextDouble() - 1, 2)).ToArray()).ToArray();
        var (texts, candidates) = (new StringArray.Builder(), new StringArray.Builder());
        var (previous, current) = (new List<float[]>(), new List<float[]>());
        var labels = new ListArray.Builder(BooleanType.Default);
        for (var row = 0; row < Rows; row++)
        {
            var letter = random.Next(Letters);
            var real = Enumerable.Range(0, Tokens).Select(_ => letter = (letter + random.Next(3)) % Letters).ToArray();
            var drawn = real.Select(token => random.NextDouble() < Replaced ? random.Next(Letters) : token).ToArray();
            texts.Append(Text(real));
            candidates.Append(Text(drawn));
            previous.Add([.. real.SelectMany(token => embeddings[token])]);
            current.Add([.. drawn.SelectMany(token => embeddings[token])]);
            labels.Append();
            ((BooleanArray.Builder)labels.ValueBuilder).AppendRange(real.Zip(drawn, (first, second) => first == second));
        }

        return SampleTable.ToBatch(
            ("text", texts.Build()), ("candidates", candidates.Build()), ("PreviousEmbeddings", SampleTable.Floats(previous)), ("CurrentEmbeddings", SampleTable.Floats(current)),
            ("Label", labels.Build()));
    }

    private static string Text(int[] tokens) => string.Join(' ', tokens.Select(token => ((char)('a' + token)).ToString(CultureInfo.InvariantCulture)));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MlNetNtd.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run in the repository.");
        return folder.FullName;
    }
}
