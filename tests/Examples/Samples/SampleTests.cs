using System.Globalization;
using System.Text.RegularExpressions;
using MlNetNtd.Tests;
using TestRun = MlNetNtd.Tests.TestRun;

namespace MlNetNtd.Examples.Tests;

/// <summary>Each sample, examples/*.cs, prints the output that the comment at its end promises.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class SampleTests
{
    private const int MaxLines = 80;

    // Trained figures depend on the machine's arithmetic. Words and whole numbers do not.
    private const double Tolerance = 0.1;

    // Any run starts these; the others take seconds each and call what other tests call.
    private static readonly string[] Quick = ["01-transform", "02-train-save-load", "10-inspect-model"];

    public static IEnumerable<TestDataRow<string>> Names => All.Select(name => new TestDataRow<string>(name));

    public static IEnumerable<TestDataRow<string>> NamesToRun => All.Select(
        name => new TestDataRow<string>(name) { IgnoreMessage = TestRun.IsFull || Quick.Contains(name) ? null : FullRunAttribute.Reason });

    private static IEnumerable<string> All => Directory.GetFiles(SampleFolder, "*.cs").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    private static string SampleFolder => Path.Combine(AppContext.BaseDirectory, "samples");

    [TestMethod]
    [DynamicData(nameof(NamesToRun))]
    public async Task Sample_prints_the_output_that_its_comment_promises(string name)
    {
        using var folder = new TemporaryFolder();
        using var process = UsesMpi(name) ? ExampleProcess.StartSampleUnderMpi(folder.Path, name) : ExampleProcess.StartSample(folder.Path, name);

        AssertPrints(ReadOutput(name), await process.End(), name);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Sample_is_one_file_of_at_most_80_lines_and_needs_no_arguments(string name)
    {
        var lines = ReadLines(name);

        Assert.IsLessThanOrEqualTo(MaxLines, lines.Length);
        Assert.StartsWith("#:project ../src/Package/MlNetNtd.csproj", lines[0]);
        Assert.DoesNotContain(line => Arguments().IsMatch(line), lines);
    }

    // `dotnet run` builds what it runs, which takes a few seconds more for each.
    [TestMethod]
    [FullRun]
    public async Task Dotnet_run_runs_every_sample()
    {
        foreach (var name in All.Where(name => !UsesMpi(name)))
        {
            using var folder = new TemporaryFolder();
            using var process = ExampleProcess.StartDotnetRun(folder.Path, Path.Combine(BuildFacts.RepoRoot, "examples", $"{name}.cs"));

            AssertPrints(ReadOutput(name), await process.End(), name);
        }
    }

    [TestMethod]
    [DataRow("AUC 0.95 of 3", "AUC 0.85 of 3", true)]
    [DataRow("AUC 0.95 of 3", "AUC 0.80 of 3", false)]
    [DataRow("AUC 0.95 of 3", "AUC 0.95 of 4", false)]
    [DataRow("AUC 0.95 of 3", "AUC 0.95 of 3 rows", false)]
    [DataRow("AUC 0.95", "AUC NaN", false)]
    [DataRow("real", "generated", false)]
    public void Lines_agree_where_only_decimal_numbers_differ_slightly(string expected, string printed, bool agree) =>
        Assert.AreEqual(agree, Agree(expected, printed));

    private static void AssertPrints(string[] expected, ProgramEnd end, string name)
    {
        Assert.AreEqual(0, end.ExitCode, $"{name}: {string.Join('\n', end.Error)}");
        Assert.HasCount(expected.Length, end.Output, $"{name}: {string.Join('\n', end.Output)}");
        foreach (var (line, printed) in expected.Zip(end.Output))
            Assert.IsTrue(Agree(line, printed), $"{name}: expected '{line}', found '{printed}'");
    }

    private static bool Agree(string expected, string printed)
    {
        double[] numbers = [.. Values(expected)], found = [.. Values(printed)];
        return Decimal().Replace(expected, "#") == Decimal().Replace(printed, "#")
            && numbers.Zip(found).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance + 1e-9);

        static IEnumerable<double> Values(string line) =>
            Decimal().Matches(line).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture));
    }

    private static string[] ReadOutput(string name) => PromisedOutput.Read(Path.Combine(SampleFolder, $"{name}.cs"));

    private static string[] ReadLines(string name) => File.ReadAllLines(Path.Combine(SampleFolder, $"{name}.cs"));

    private static bool UsesMpi(string name) => ReadLines(name).Any(line => line.Contains("MlNetNtd.Mpi.csproj", StringComparison.Ordinal));

    [GeneratedRegex(@"-?\d+\.\d+")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\bargs\b")]
    private static partial Regex Arguments();
}
