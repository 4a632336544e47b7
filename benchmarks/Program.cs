using BenchmarkDotNet.Running;
using MlNetNtd.Benchmarks;

// ratios [file], scale [file], profile [file]: the tables of docs/performance.md; with a file, they are written into its
// marked sections. training FOLDER: the trainer's steps, for PyTorch/train.py to repeat and compare. Anything else goes to
// BenchmarkDotNet: --list flat, --filter *Block*, --filter *.
if (args is ["training", var folder])
{
    TrainingSteps.Run(folder);
    return;
}

var commands = new Dictionary<string, Func<TextWriter, string>>
{
    ["ratios"] = RatioTable.Run,
    ["scale"] = ScaleTable.Run,
    ["profile"] = BlockProfile.Run,
};

if (args is [var name, .. var rest] && commands.TryGetValue(name, out var run))
{
    var machine = Machine.Describe();
    Console.WriteLine(machine);
    Console.WriteLine();
    var table = run(Console.Out);
    if (rest is [var file])
        MarkedSection.Write(file, name, $"{machine}\n\n{table}");
}
else
{
    BenchmarkSwitcher.FromTypes([.. BenchmarkTypes.ThatRunHere()]).Run(args, new BenchmarkSettings());
}
