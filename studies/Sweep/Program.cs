using System.CommandLine;
using MlNetNtd;
using MlNetNtd.Studies.Sweep;
using MlNetNtd.Studies.TextGan;

// What does a search over the trainer's options gain beyond the defaults, and beyond luck?
var trials = new Option<int>("--trials") { Description = "How many options are tried, the default ones among them", DefaultValueFactory = _ => 24 };
var seed = new Option<int>("--seed") { Description = "Decides every draw", DefaultValueFactory = _ => 1 };
var input = new Option<string>("--input") { Description = "The text, UTF-8 (default: the book of examples/Quickstart)" };
var parallel = new Option<int>("--parallel") { Description = "How many train at a time, which changes no result", DefaultValueFactory = _ => Environment.ProcessorCount };
var engine = new Option<EngineKind>("--engine") { Description = "What computes the trainings" };
var chart = new Option<string>("--chart") { Description = "The SVG file with the validation losses", DefaultValueFactory = _ => "sweep.svg" };
var command = new RootCommand("Searches the options of the trainer by random search and successive halving.") { trials, seed, input, parallel, engine, chart };
command.SetAction(result =>
{
    var hyperparameters = new MlNetNtd.Studies.Sweep.Hyperparameters { Trials = result.GetValue(trials), Engine = result.GetValue(engine) };
    var seeds = new SweepSeeds(result.GetValue(seed), hyperparameters.Trials);
    var task = WordTask.Read(result.GetValue(input) ?? TextDataset.DefaultPath, hyperparameters, seeds);
    Console.WriteLine($"The next word of a text against a random word: {task.Description}");
    var sweep = SweepRun.Run(task, hyperparameters, seeds, result.GetValue(parallel), Console.Out);
    foreach (var line in Report.CreateLines(sweep, hyperparameters.Dimension, task.ComputePairAuc()))
        Console.WriteLine(line);
    Report.SaveChart(sweep, result.GetValue(chart)!);
});
return command.Parse(args).Invoke();
