using MlNetNtd.Benchmarks;
using MlNetNtd.Benchmarks.Quality;

// NAME [file]: prints the table, and writes it to the section of that name in the file, if there is one (docs/evidence/measurements.md
// has all sections). grid [...]: runs BenchmarkDotNet with its own arguments.
var commands = new Dictionary<string, (string What, Action<string[]> Run)>
{
    ["ratios"] = ("the transform and what users write without it, in multiples of the floor", rest => Table("ratios", RatioTable.Run, rest)),
    ["scale"] = ("the transform from a thousand to a million rows", rest => Table("scale", ScaleTable.Run, rest)),
    ["training"] = ("the discriminator's step, score and Fit beside what users write without it", rest => Table("training", TrainingTable.Run, rest)),
    ["candidates"] = ("the time of a candidate with 1 to 8 candidates of each token", rest => Table("candidates", CandidateTable.Run, rest)),
    ["streaming"] = ("Fit on ten times the rows that it may cache: resident memory", rest => Table("streaming", StreamingTable.Run, rest)),
    ["processes"] = ("Fit by two processes beside Fit by one, under each MPI that is installed", rest => Table("processes", ProcessesTable.Run, rest)),
    ["serving"] = ("scores by TorchSharp, prediction pool, ONNX Runtime and managed code; a fresh process", rest => Table("serving", ServingTable.Run, rest)),
    ["beside"] = ("the score of one row on a machine with another busy process", rest => Table("beside", BusyMachineTable.Run, rest)),
    ["quality"] = ("the discriminator on public texts beside n-grams, trees and PyTorch; flags choose subsets", Quality),
    ["grid"] = ("everything else, by BenchmarkDotNet: grid --list flat, grid --filter '*Block*'", BenchmarkGrid.Run),
};

// The training benchmark starts itself with this command, to measure the memory of one implementation.
if (args is [TrainingMemory.Command, .. var sizes])
{
    TrainingMemory.Run(sizes);
    return 0;
}

// The processes benchmark starts itself with this command, once per process.
if (args is [ProcessesTable.Command, .. var how])
{
    ProcessesTable.Fit(how);
    return 0;
}

// The beside benchmark starts itself with this command, to keep the machine busy.
if (args is [BusyMachineTable.Command])
{
    BusyMachineTable.KeepBusy();
    return 0;
}

if (args is [var name, .. var rest] && commands.TryGetValue(name, out var command))
{
    command.Run(rest);
    return Environment.ExitCode;
}

foreach (var (known, (what, _)) in commands)
    Console.WriteLine($"{known,-10} {what}");
return args.Length == 0 ? 0 : 2;

// Wrong flags and texts that are too short are the user's: one line, no stack trace.
static void Quality(string[] rest)
{
    try
    {
        var options = QualityOptions.Parse(rest);
        Table("quality", console => QualityTable.Run(console, options), options.File is { } file ? [file] : []);
    }
    catch (ArgumentException e)
    {
        Console.Error.WriteLine($"quality: {e.Message}");
        Environment.ExitCode = 2;
    }
}

static void Table(string name, Func<TextWriter, string> run, string[] rest)
{
    var machine = Machine.Describe();
    Console.WriteLine(machine);
    Console.WriteLine();
    var table = run(Console.Out);
    if (rest is [var file])
        MarkedSection.Write(file, name, $"{machine}\n\n{table}");
}
