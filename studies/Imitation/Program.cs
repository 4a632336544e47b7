using System.CommandLine;
using MlNetNtd;
using MlNetNtd.Studies;
using MlNetNtd.Studies.Imitation;

// Experts pass an obstacle on the left or on the right. Regression must fail there; does an adversary do better than likelihood?
var seeds = new Option<int>("--seeds") { Description = "How many seeds", DefaultValueFactory = _ => 5 }.AtLeast(1);
var first = new Option<int>("--seed") { Description = "The first seed", DefaultValueFactory = _ => 1 };
var demonstrations = new Option<int>("--demonstrations")
{
    Description = "How many walks of experts to learn from",
    DefaultValueFactory = _ => new Hyperparameters().Experts,
}.AtLeast(1);
var engine = new Option<EngineKind>("--engine")
{
    Description = "What computes fresh discriminators and the rewards of the on-policy learner; the rest is Torch's",
    DefaultValueFactory = _ => EngineKind.Auto,
};
var picture = new Option<string>("--picture") { Description = "The SVG file with walks of the first seed", DefaultValueFactory = _ => "imitation.svg" };
var command = new RootCommand("Learners imitate experts that walk past an obstacle: regression, two by an adversary, two by likelihood, nearest neighbors.")
{
    seeds, first, demonstrations, engine, picture,
};
command.SetAction(result =>
{
    var hyperparameters = new Hyperparameters { Experts = result.GetValue(demonstrations), Engine = result.GetValue(engine) };
    var results = SeedRun.RunAll(hyperparameters, result.GetValue(first), result.GetValue(seeds), Console.Out);
    foreach (var line in Report.CreateLines(results))
        Console.WriteLine(line);
    WalkPicture.Save(results[0], result.GetValue(picture)!);
});
return command.Parse(args).Invoke();
