using System.CommandLine;
using MlNetNtd.Studies;
using MlNetNtd.Studies.Realism;

// Does the realism report say 0.5 where nothing differs, does it tell a bootstrap from telemetry, and does it find the step that is wrong?
var recording = new Option<string>("--recording") { Description = "A recording, a CSV file of counts with a header (default: records this machine, Linux)" };
var minutes = new Option<double>("--minutes") { Description = "How long to record", DefaultValueFactory = _ => 15 };
var rate = new Option<double>("--rate") { Description = "Steps a second of a recording", DefaultValueFactory = _ => 40 };
var output = new Option<string>("--output") { Description = "The file that a recording is written to", DefaultValueFactory = _ => "realism/telemetry.csv" };
var length = new Option<int>("--length") { Description = "T, the steps of a window", DefaultValueFactory = _ => 16 }.AtLeast(4);
var block = new Option<int>("--block") { Description = "Windows in a row that are one observation", DefaultValueFactory = _ => 8 }.AtLeast(1);
var seeds = new Option<int>("--seeds") { Description = "Seeds of the comparisons with what differs; 0: none", DefaultValueFactory = _ => 3 }.AtLeast(0);
var halves = new Option<int>("--halves") { Description = "Seeds of the comparison where nothing differs; 0: none", DefaultValueFactory = _ => 20 }.AtLeast(0);
var command = new RootCommand("Measures the realism report on recorded telemetry: its halves, a bootstrap, and faults at known steps.")
    { recording, minutes, rate, output, length, block, seeds, halves };
command.SetAction(result =>
{
    using var interrupt = new Interrupt();
    try
    {
        var study = new Study(GetRecording(result, interrupt.Token), result.GetValue(length), result.GetValue(block));
        Console.WriteLine($"{study.Blocks} blocks of {result.GetValue(block)} windows of {result.GetValue(length)} steps");
        var outcomes = new List<Outcome>();
        foreach (var (seed, comparison) in Enumerable.Range(1, result.GetValue(halves)).Select(seed => (seed, study.CompareHalves(seed)))
            .Concat(Enumerable.Range(1, result.GetValue(seeds)).SelectMany(seed => study.CompareWithSynthetic(seed).Select(comparison => (seed, comparison)))))
        {
            interrupt.Token.ThrowIfCancellationRequested();
            outcomes.Add(Outcome.Evaluate(study, comparison, seed));
            Console.WriteLine(Report.CreateLine(seed, outcomes[^1]));
        }

        foreach (var line in Report.CreateSummary(outcomes))
            Console.WriteLine(line);
        return 0;
    }
    catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
    {
        return Interrupt.ExitCode;
    }
    catch (Exception exception) when (exception is FormatException or IOException or ArgumentException)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});
return command.Parse(args).Invoke();

Recording GetRecording(ParseResult result, CancellationToken cancellationToken)
{
    if (result.GetValue(recording) is { } path)
        return Recording.Load(path);
    if (!KernelCounters.AreAvailable)
        throw new IOException("Recording reads /proc/stat and /proc/vmstat of Linux, found neither: expected --recording FILE.");
    if (result.GetValue(minutes) is not (> 0 and < 1e4) || result.GetValue(rate) is not (> 0 and <= 1000))
    {
        throw new ArgumentException(FormattableString.Invariant(
            $"Expected --minutes above 0 and below 10000, and --rate above 0 and at most 1000, found {result.GetValue(minutes)} and {result.GetValue(rate)}."));
    }

    var steps = (int)(result.GetValue(minutes) * 60 * result.GetValue(rate));
    var file = Path.GetFullPath(result.GetValue(output)!);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    Console.WriteLine($"Recording {steps} steps");
    var recorded = Recording.Record(steps, TimeSpan.FromSeconds(1 / result.GetValue(rate)), cancellationToken);
    recorded.Save(file);
    Console.WriteLine($"Recorded {file}; --recording takes it again");
    return recorded;
}
