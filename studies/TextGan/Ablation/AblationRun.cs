using System.Globalization;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// What the adversarial term is good for: every seed goes on from the same pre-trained generator, for the same steps on the
/// same windows, once with the term and once without, and both are judged by means that neither has seen.
/// </summary>
internal sealed class AblationRun
{
    /// <summary>How many seeds are run.</summary>
    public const int Seeds = 5;

    private readonly Settings _settings;
    private readonly Screen _screen;
    private readonly RunFolder _folder;
    private readonly CancellationToken _interrupt;

    public AblationRun(Settings settings, Screen screen, CancellationToken interrupt)
    {
        _settings = settings;
        _screen = screen;
        _folder = new RunFolder(settings.OutputFolder);
        _interrupt = interrupt;
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">Something that the user can put right.</exception>
    /// <exception cref="InterruptedException">The user stopped it.</exception>
    public int Run()
    {
        var preset = Preset.Find(_settings.Preset ?? Preset.Default.Name)!;
        var story = Story.Read(Path.GetFullPath(_settings.InputPath ?? Settings.DefaultInputPath), preset.Tokens, preset.Words);
        var (first, rounds) = (_settings.Seed ?? Settings.DefaultSeed, _settings.Rounds ?? preset.Rounds);
        _folder.Prepare();
        _screen.Line($"Ablation, preset {preset.Name}, seeds {first} to {first + Seeds - 1}, {Counted.Of(rounds, "round")} each; less is better in every measure.");

        var outcomes = new List<AblationOutcome>();
        for (var seed = first; seed < first + Seeds; seed++)
        {
            var outcome = Run(preset, story, seed, rounds);
            outcomes.Add(outcome);
            AblationTable.PrintSeed(_screen, seed, outcome);
        }

        AblationTable.PrintAll(_screen, outcomes);
        var chart = Path.Combine(_folder.Path, "ablation.svg");
        _folder.Guard(() => RunFolder.Replace(chart, path => File.WriteAllText(path, AblationChart.Draw(outcomes))));
        _screen.Line($"Chart: {chart}");
        _screen.Line(AblationTable.Verdict(outcomes));
        return ExitCodes.Success;
    }

    /// <summary>Both arms of a seed.</summary>
    public AblationOutcome Run(Preset preset, Story story, int seed, int rounds)
    {
        try
        {
            using var bench = new Workbench(preset, story, new Seeds(seed), new Machine(seed));
            var state = new RunState { Input = "", Rounds = rounds };
            using var discriminator = new Run(bench, _screen, null, state, _interrupt).Prepare();
            using var start = new GeneratorSnapshot(bench.Generator);
            var judge = new FreshJudge(bench);
            var before = judge.Judge(_interrupt);
            var without = Arm(bench, null, rounds, judge, "without the adversarial term");
            start.Restore(bench.Generator);
            return new AblationOutcome(before, without, Arm(bench, discriminator, rounds, judge, "with the adversarial term"));
        }
        catch (OperationCanceledException) when (_interrupt.IsCancellationRequested)
        {
            throw new InterruptedException("Interrupted; an ablation keeps nothing.");
        }
    }

    private ArmResult Arm(Workbench bench, DiscriminatorNetwork? discriminator, int rounds, FreshJudge judge, string name)
    {
        var phase = new TextRound(bench, discriminator);
        _screen.Progress(string.Create(CultureInfo.InvariantCulture, $"Seed {bench.Machine.Seed}, {Counted.Of(rounds, "round")} {name}"), rounds * phase.Steps, tick =>
        {
            for (var round = 0; round < rounds; round++)
            {
                phase.Run(round, null, _ =>
                {
                    tick();
                    _interrupt.ThrowIfCancellationRequested();
                    return true;
                });
            }

            return true;
        });
        return judge.Judge(_interrupt);
    }
}

/// <summary>What one seed came to.</summary>
/// <param name="Before">Where both arms began.</param>
/// <param name="Without">After rounds of teacher forcing alone.</param>
/// <param name="With">After as many rounds with the adversarial term.</param>
internal sealed record AblationOutcome(ArmResult Before, ArmResult Without, ArmResult With);
