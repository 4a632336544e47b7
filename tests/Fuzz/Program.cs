using System.CommandLine;
using System.Globalization;
using MlNetNtd.Fuzz;
using SharpFuzz;

// dotnet run --project tests/Fuzz -- --target model --minutes 10
if (args is [LoadProcess.Argument])
    return LoadProcess.Serve();
Instrumentation.Prepare();
var targets = FuzzTarget.All();
var target = new Option<string>("--target") { Description = $"What is attacked: {string.Join(", ", targets.Select(one => one.Name))}, or all.", DefaultValueFactory = _ => "all" };
var minutes = new Option<double>("--minutes") { Description = "How long, for all targets together.", DefaultValueFactory = _ => 1 };
var inputs = new Option<long>("--inputs") { Description = "How many inputs a target at most.", DefaultValueFactory = _ => long.MaxValue };
var seed = new Option<int>("--seed") { Description = "Makes the inputs.", DefaultValueFactory = _ => 1 };
var findings = new Option<string>("--findings") { Description = "The folder for inputs that broke a promise.", DefaultValueFactory = _ => "artifacts/fuzz" };
var guided = new Option<string?>("--guided") { Description = "afl or libfuzzer: one target, with inputs from that fuzzer, which has instrumented our assemblies." };
var again = new Option<string?>("--input") { Description = "Reads this file with one target, and does nothing else." };
var corpus = new Option<string?>("--write-corpus") { Description = "Writes corpus and dictionary of each target into this folder, and does nothing else." };
target.AcceptOnlyFromAmong([.. targets.Select(one => one.Name), "all"]);
guided.AcceptOnlyFromAmong("afl", "libfuzzer");
var command = new RootCommand("Attacks the readers of model files, weights and options.") { target, minutes, inputs, seed, findings, again, guided, corpus };
command.SetAction(parsed =>
{
    var chosen = targets.Where(one => parsed.GetValue(target) == "all" || parsed.GetValue(target) == one.Name).ToList();
    if (parsed.GetValue(corpus) is { } folder)
        return Corpora.Write(folder, chosen);
    if (parsed.GetValue(again) is { } file)
    {
        var (problem, passed) = Oracle.Try(chosen[0], File.ReadAllBytes(file));
        Console.WriteLine(problem ?? (passed ? "taken" : "refused as documented"));
        return problem is null ? 0 : 1;
    }

    if (parsed.GetValue(guided) is { } guide)
        return Guided(chosen[0], guide);

    var (total, found) = (0L, 0L);
    foreach (var one in chosen)
    {
        var run = new FuzzRun(one, parsed.GetValue(seed), Console.Out, parsed.GetValue(findings))
            .Until(parsed.GetValue(inputs), TimeSpan.FromMinutes(parsed.GetValue(minutes) / chosen.Count));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Name}: {run.Inputs} inputs, {run.Passed} of them taken, {run.Findings} findings"));
        (total, found) = (total + run.Inputs, found + run.Findings);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} inputs, {found} findings"));
    return found == 0 ? 0 : 1;
});
return command.Parse(args).Invoke();

// A finding is an exception that nobody catches: such a fuzzer's crash.
static int Guided(FuzzTarget target, string guide)
{
    void Read(byte[] input)
    {
        if (Oracle.Try(target, input).Problem is { } problem)
            throw new FindingException(problem);
    }

    if (guide == "libfuzzer")
    {
        Fuzzer.LibFuzzer.Run(bytes => Read(bytes.ToArray()));
    }
    else
    {
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            Read(input.ToArray());
        });
    }

    return 0;
}
