using MlNetNtd.Fuzz;

namespace MlNetNtd.Tests;

/// <summary>
/// Attacks every reader briefly. <c>dotnet run -c Release --project tests/Fuzz -- --target model --minutes 10</c> does it for longer.
/// </summary>
[TestClass]
public sealed class FuzzTests
{
    private static readonly IReadOnlyList<FuzzTarget> Targets = FuzzTarget.All();

    [TestMethod]
    [DataRow("stage", 20_000, 1_000)]
    [DataRow("scorer", 20_000, 1_000)]
    [DataRow("model", 20_000, 1_000)]
    // Each is loaded in another process.
    [DataRow("load", 2_000, 200)]
    [DataRow("safetensors", 20_000, 1_000)]
    [DataRow("network", 20_000, 1_000)]
    [DataRow("torchsharp", 20_000, 1_000)]
    [DataRow("checkpoint", 20_000, 1_000)]
    [DataRow("training", 20_000, 1_000)]
    [DataRow("options", 20_000, 1_000)]
    public void Reader_of_hostile_input_accepts_or_refuses_it_as_documented(string target, int full, int reduced)
    {
        var inputs = TestRun.Count(full, reduced);
        using var log = new StringWriter();

        var run = new FuzzRun(Find(target), seed: 1, log, folder: null).Until(inputs, TimeSpan.FromMinutes(10));

        Assert.AreEqual(0, run.Findings, log.ToString());
        Assert.AreEqual(inputs, run.Inputs);
        Assert.IsGreaterThan(inputs / 100, run.Passed, "Where next to nothing is taken, next to nothing behind the first checks is attacked.");
    }

    [TestMethod]
    public void Earlier_finding_no_longer_occurs()
    {
        foreach (var target in Targets)
        {
            foreach (var (name, input) in Corpora.Findings(target))
                Assert.AreEqual((null, false), Oracle.Try(target, input), name);
        }

        Assert.AreEqual(13, Targets.Sum(target => Corpora.Findings(target).Count()), "Findings are read from the program.");
    }

    /// <summary>An oracle that accepts everything would find nothing.</summary>
    [TestMethod]
    public void Oracle_reports_each_kind_of_broken_promise()
    {
        (string Problem, Action Read)[] cases =
        [
            ("undocumented: System.InvalidCastException", () => throw new InvalidCastException()),
            ("allocated 80 MiB", () => GC.KeepAlive(new byte[80 << 20])),
            ("what was loaded is not the same", () => throw new FindingException("what was loaded is not the same")),
        ];
        foreach (var (problem, read) in cases)
            StringAssert.StartsWith(Oracle.Try(new Broken(read), [1]).Problem, problem);

        using var log = new StringWriter();
        var run = new FuzzRun(new Broken(() => throw new FormatException()), seed: 1, log, folder: null).Until(10, TimeSpan.FromMinutes(1));
        Assert.AreEqual(1, run.Findings, "What is right and was refused.");
        StringAssert.Contains(log.ToString(), "an input that is right was refused");
    }

    [TestMethod]
    public void Mutator_with_the_same_seed_makes_the_same_inputs()
    {
        var target = Find("safetensors");

        for (var seed = 0; seed < 200; seed++)
        {
            CollectionAssert.AreEqual(
                target.Mutate(new Mutator(seed).Speaking(target.Dictionary)), target.Mutate(new Mutator(seed).Speaking(target.Dictionary)));
        }
    }

    private static FuzzTarget Find(string name) => Targets.Single(target => target.Name == name);

    private sealed class Broken(Action read) : FuzzTarget
    {
        public override string Name => "broken";

        public override IReadOnlyList<byte[]> Corpus { get; } = [[1, 2, 3]];

        public override IReadOnlyList<byte[]> Dictionary { get; } = [];

        public override bool IsDocumented(Exception exception) => exception is FormatException;

        public override void Read(byte[] input) => read();
    }
}
