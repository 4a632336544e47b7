using MlNetNtd.Benchmarks;

// NAME [file]: the table is printed, and with a file written into its section of that name too (docs/evidence/measurements.md has them
// all). grid [...]: BenchmarkDotNet, with its own arguments.
var commands = new Dictionary<string, (string What, Action<string[]> Run)>
{
    ["ratios"] = ("the stage and what users write without it, in multiples of the floor", rest => Table("ratios", RatioTable.Run, rest)),
    ["scale"] = ("the stage from a thousand to a million rows", rest => Table("scale", ScaleTable.Run, rest)),
    ["training"] = ("the discriminator's step, score and Fit beside what users write without it", rest => Table("training", TrainingTable.Run, rest)),
    ["streaming"] = ("Fit on ten times the rows that it may keep: resident memory", rest => Table("streaming", StreamingTable.Run, rest)),
    ["workers"] = ("Fit by two processes beside Fit by one, under each MPI that is installed", rest => Table("workers", WorkersTable.Run, rest)),
    ["beside"] = ("the score of one row beside a busy process", rest => Table("beside", BesideTable.Run, rest)),
    ["grid"] = ("everything else, by BenchmarkDotNet: grid --list flat, grid --filter '*Block*'", BenchmarkGrid.Run),
};

// What training starts itself with, to see a contestant's memory apart.
if (args is [TrainingMemory.Command, .. var sizes])
{
    TrainingMemory.Run(sizes);
    return 0;
}

// What several processes do together.
if (args is [WorkersTable.Command, .. var how])
{
    WorkersTable.Fit(how);
    return 0;
}

// What the score of a row is measured beside.
if (args is [BesideTable.Command])
{
    BesideTable.KeepBusy();
    return 0;
}

if (args is [var name, .. var rest] && commands.TryGetValue(name, out var command))
{
    command.Run(rest);
    return 0;
}

foreach (var (known, (what, _)) in commands)
    Console.WriteLine($"{known,-9} {what}");
return args.Length == 0 ? 0 : 2;

static void Table(string name, Func<TextWriter, string> run, string[] rest)
{
    var machine = Machine.Describe();
    Console.WriteLine(machine);
    Console.WriteLine();
    var table = run(Console.Out);
    if (rest is [var file])
        MarkedSection.Write(file, name, $"{machine}\n\n{table}");
}
