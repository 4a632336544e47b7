using System.CommandLine;
using MlNetNtd.Studies;
using MlNetNtd.Studies.TextGan;

// What does the adversarial term add to teacher forcing on a text?
string[] names = [.. Hyperparameters.All.Select(hyperparameters => hyperparameters.Name)];
var preset = new Option<string>("--preset") { Description = "The sizes", DefaultValueFactory = _ => Hyperparameters.Default.Name };
preset.AcceptOnlyFromAmong(names);
var seed = new Option<int>("--seed") { Description = "Decides every draw", DefaultValueFactory = _ => 1 };
var input = new Option<string>("--input") { Description = "The text, UTF-8 (default: the book of examples/Quickstart)" };
var rounds = new Option<int?>("--rounds") { Description = "Adversarial rounds (default: by preset)" };
var folder = new Option<string>("--out") { Description = "The folder of checkpoint, model and curves; a run that was stopped there continues", DefaultValueFactory = _ => "textgan" };
var ablation = new Option<bool>("--ablation") { Description = "Run five seeds from --seed on, each with and without the adversarial term, and compare" };
var command = new RootCommand("Trains a text generator against a discriminator.") { preset, seed, input, rounds, folder, ablation };
command.SetAction(result =>
{
    var hyperparameters = Hyperparameters.All.Single(one => one.Name == result.GetValue(preset));
    hyperparameters = hyperparameters with { Rounds = result.GetValue(rounds) ?? hyperparameters.Rounds };
    var dataset = TextDataset.Read(result.GetValue(input) ?? TextDataset.DefaultPath, hyperparameters.Tokens, hyperparameters.Words);
    using var interrupt = new Interrupt();
    try
    {
        if (result.GetValue(ablation))
        {
            Ablation.Run(hyperparameters, dataset, result.GetValue(seed), Console.Out, interrupt.Token);
            return 0;
        }

        return Study.Run(hyperparameters, dataset, result.GetValue(seed), result.GetValue(folder)!, Console.Out, interrupt.Token) ? 0 : 2;
    }
    catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
    {
        Console.Error.WriteLine("Interrupted; the same command continues, unless it is an ablation.");
        return Interrupt.ExitCode;
    }
});
return command.Parse(args).Invoke();
