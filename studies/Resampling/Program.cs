using System.CommandLine;
using MlNetNtd.Studies;
using MlNetNtd.Studies.Resampling;

// What does picking among K draws by the discriminator's scores give, against simpler ways to the same end?
var text = new Option<string>("--text") { Description = "The text and its generator", DefaultValueFactory = _ => StudyText.Names[0] };
text.AcceptOnlyFromAmong(StudyText.Names);
var seeds = new Option<int>("--seeds") { Description = "The number of seeds", DefaultValueFactory = _ => 10 };
var seed = new Option<int>("--seed") { Description = "The first seed", DefaultValueFactory = _ => 1 };
var candidates = new Option<int>("--candidates") { Description = "K, the draws for each position", DefaultValueFactory = _ => 8 };
var command = new RootCommand("Compares a resampled generator with controls, by a judge that it was not trained on.") { text, seeds, seed, candidates };
command.SetAction(result =>
{
    using var interrupt = new Interrupt();
    try
    {
        var study = StudyText.Create(result.GetValue(text)!, result.GetValue(candidates));
        if (study is null)
        {
            Console.WriteLine($"{result.GetValue(text)}: skipped, its package is not installed (Debian: apt-get install bible-kjv).");
            return 0;
        }

        var outcomes = new List<IReadOnlyList<ArmResult>>();
        for (var one = result.GetValue(seed); one < result.GetValue(seed) + result.GetValue(seeds); one++)
        {
            outcomes.Add(study.Run(one, interrupt.Token));
            foreach (var line in Report.CreateSeedLines(one, outcomes[^1]))
                Console.WriteLine(line);
        }

        foreach (var line in Report.CreateLines(outcomes))
            Console.WriteLine(line);
        return 0;
    }
    catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
    {
        return Interrupt.ExitCode;
    }
});
return command.Parse(args).Invoke();
