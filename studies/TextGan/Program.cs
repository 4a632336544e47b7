using System.CommandLine;
using MlNetNtd;
using MlNetNtd.Studies;
using MlNetNtd.Studies.TextGan;

// What does the adversarial term add to teacher forcing on a text?
string[] names = [.. Hyperparameters.All.Select(hyperparameters => hyperparameters.Name)];
string[] updates = ["reinforce", "forward-kl"];
var preset = new Option<string>("--preset") { Description = "The sizes", DefaultValueFactory = _ => Hyperparameters.Default.Name };
preset.AcceptOnlyFromAmong(names);
var seed = new Option<int>("--seed") { Description = "Decides every draw", DefaultValueFactory = _ => 1 };
var text = new Option<string>("--text") { Description = "The text", DefaultValueFactory = _ => StudyText.Names[0] };
text.AcceptOnlyFromAmong(StudyText.Names);
var input = new Option<string>("--input") { Description = "A text of your own, UTF-8" };
var rounds = new Option<int?>("--rounds") { Description = "Adversarial rounds (default: by preset)" };
var update = new Option<string>("--update") { Description = "How the generator follows the adversary's scores", DefaultValueFactory = _ => updates[(int)Hyperparameters.Default.Update] };
update.AcceptOnlyFromAmong(updates);
var engine = new Option<EngineKind>("--engine") { Description = "What computes trainings by the trainer; the rounds are Torch's", DefaultValueFactory = _ => EngineKind.Auto };
var folder = new Option<string>("--out") { Description = "The folder of checkpoint, model and curves; a run that was stopped there continues", DefaultValueFactory = _ => "textgan" };
var ablation = new Option<bool>("--ablation") { Description = "Compare the adversarial term, in three forms, with teacher forcing and a lower temperature" };
var seeds = new Option<int>("--seeds") { Description = "The seeds of an ablation, from --seed on", DefaultValueFactory = _ => 10 }.AtLeast(1);
var command = new RootCommand("Trains a text generator against a discriminator.") { preset, seed, text, input, rounds, update, engine, folder, ablation, seeds };
command.SetAction(result =>
{
    var hyperparameters = Hyperparameters.All.Single(one => one.Name == result.GetValue(preset));
    hyperparameters = hyperparameters with
    {
        Rounds = result.GetValue(rounds) ?? hyperparameters.Rounds,
        Update = (GeneratorUpdate)Array.IndexOf(updates, result.GetValue(update)),
        Engine = result.GetValue(engine),
    };
    var dataset = result.GetValue(input) is { } path
        ? TextDataset.Read(path, hyperparameters.Tokens, hyperparameters.Words)
        : StudyText.TryRead(result.GetValue(text)!, hyperparameters);
    if (dataset is null)
    {
        Console.WriteLine($"{result.GetValue(text)}: skipped, its package is not installed (Debian: apt-get install bible-kjv).");
        return 0;
    }

    using var interrupt = new Interrupt();
    try
    {
        if (result.GetValue(ablation))
        {
            Ablation.Run(hyperparameters, dataset, result.GetValue(seed), result.GetValue(seeds), Console.Out, interrupt.Token);
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
