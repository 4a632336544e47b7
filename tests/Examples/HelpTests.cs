namespace MlNetNtd.Examples.Tests;

/// <summary>The help of each example, and arguments that all of them take alike.</summary>
[TestClass]
public sealed class HelpTests
{
    // By name: how the program reads its arguments, without starting anything.
    private static readonly Dictionary<string, Func<string[], TextWriter, int>> Programs = new()
    {
        ["Imitation"] = (arguments, output) => Imitation.CommandLine.Run(arguments, output, _ => 7),
        ["LongTraining"] = (arguments, output) => LongTraining.CommandLine.Run(arguments, output, _ => 7),
        ["Sweep"] = (arguments, output) => Sweep.CommandLine.Run(arguments, output, _ => 7),
        ["TextGan"] = (arguments, output) => TextGan.CommandLine.Run(arguments, output, _ => 7),
    };

    public static IEnumerable<object[]> Names => Programs.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Help_says_the_default_of_an_option_at_most_once_and_starts_nothing(string program)
    {
        using var output = new StringWriter();

        Assert.AreEqual(0, Programs[program](["--help"], output));

        var options = output.ToString().Split("\n  -").Skip(1).ToArray();
        Assert.Contains(option => option.StartsWith("-out ", StringComparison.Ordinal), options);
        foreach (var option in options)
            Assert.IsLessThan(3, option.Split("default: ").Length, option);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_folder_may_be_called_as_it_likes(string program) =>
        Assert.AreEqual(7, Programs[program](["--out", "@folder"], TextWriter.Null));
}
