using System.CommandLine;
using MlNetNtd.Studies.Imitation;

// Does an adversary help where regression must fail? Experts pass an obstacle on the left or on the right.
var seeds = new Option<int>("--seeds") { Description = "How many seeds", DefaultValueFactory = _ => 5 };
var first = new Option<int>("--seed") { Description = "The first seed", DefaultValueFactory = _ => 1 };
var picture = new Option<string>("--picture") { Description = "The SVG file with walks of the first seed", DefaultValueFactory = _ => "imitation.svg" };
var command = new RootCommand("Three learners imitate experts that walk past an obstacle: regression, an adversary, an adversary on policy.") { seeds, first, picture };
command.SetAction(result =>
{
    var results = SeedRun.RunAll(new Hyperparameters(), result.GetValue(first), result.GetValue(seeds));
    foreach (var line in Report.CreateLines(results))
        Console.WriteLine(line);
    WalkPicture.Save(results[0], result.GetValue(picture)!);
});
return command.Parse(args).Invoke();
