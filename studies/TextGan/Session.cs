namespace MlNetNtd.Examples.TextGan;

/// <summary>A run from the text to the saved model, phase by phase, told as it goes.</summary>
internal sealed class Session
{
    // Of windows, where a half is chance: far enough above it not to be luck.
    private const double LeastGibberish = 0.6;

    private readonly Settings _settings;
    private readonly Screen _screen;
    private readonly RunFolder _folder;
    private readonly CancellationToken _interrupt;

    public Session(Settings settings, Screen screen, CancellationToken interrupt)
    {
        _settings = settings;
        _screen = screen;
        _folder = new RunFolder(settings.OutputFolder);
        _interrupt = interrupt;
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">Something that the user can put right.</exception>
    /// <exception cref="InterruptedException">The user stopped the run; its checkpoint is saved.</exception>
    public int Run()
    {
        var (checkpoint, identity, state, story) = _settings.Resume ? Resume() : Begin();
        using var ours = checkpoint;
        var preset = Preset.Find(identity.Preset)!;
        var machine = new Machine(identity.Seed);
        _screen.Line($"TextGan, preset {preset.Name}, seed {identity.Seed}, on {machine.Description}: {Libraries()}");
        _screen.Line($"{Counted.Of(story.Windows, "window")} of T = {Counted.Of(story.Tokens, "token")}, {story.HeldOutWindows} of them held out; "
            + $"{story.Vocabulary.Count} words with embeddings of C = {preset.Dimension} values");

        using var bench = new Workbench(preset, story, new Seeds(identity.Seed), machine);
        if (state.Generator.Count > 0)
            bench.Generator.Weights = state.Generator;
        // What stands in the way of saving is found before the work.
        checkpoint.Save(state);
        var run = new Run(bench, _screen, checkpoint, state, _interrupt);
        using var discriminator = run.Train();
        return Finish(run, bench, discriminator);
    }

    private (Checkpoint Checkpoint, RunIdentity Identity, RunState State, Story Story) Begin()
    {
        var preset = Preset.Find(_settings.Preset ?? Preset.Default.Name)!;
        var input = Path.GetFullPath(_settings.InputPath ?? Settings.DefaultInputPath);
        var story = Story.Read(input, preset.Tokens, preset.Words);
        _folder.Prepare();
        var identity = new RunIdentity(preset.Name, _settings.Seed ?? Settings.DefaultSeed, story.Hash);
        var checkpoint = Checkpoint.Open(_folder, identity);
        // Of whatever run was here before.
        _folder.Guard(() => File.Delete(_folder.FirstTraining));
        return (checkpoint, identity, new RunState { Input = input, Rounds = _settings.Rounds ?? preset.Rounds }, story);
    }

    // The checkpoint knows; what the command line says besides must not contradict it. More rounds are no contradiction.
    private (Checkpoint Checkpoint, RunIdentity Identity, RunState State, Story Story) Resume()
    {
        var identity = Checkpoint.Identity(_folder);
        if ((_settings.Preset is { } name && name != identity.Preset) || (_settings.Seed is { } seed && seed != identity.Seed))
        {
            throw new UserErrorException(
                $"The checkpoint in '{_folder.Path}' is of preset {identity.Preset}, seed {identity.Seed}: with --resume, leave out --preset and --seed.");
        }

        var preset = Preset.Find(identity.Preset)
            ?? throw new UserErrorException($"The checkpoint in '{_folder.Path}' cannot be used: its preset '{identity.Preset}' is unknown.");
        var checkpoint = Checkpoint.Open(_folder, identity);
        try
        {
            var state = checkpoint.Read();
            var rounds = _settings.Rounds ?? state.Rounds;
            if (rounds < state.Results.Count)
                throw new UserErrorException($"The checkpoint in '{_folder.Path}' has {Counted.Of(state.Results.Count, "round")} behind it; --rounds {rounds} is fewer.");
            var story = Story.Read(_settings.InputPath ?? state.Input, preset.Tokens, preset.Words);
            return story.Hash == identity.TextHash
                ? (checkpoint, identity, state with { Rounds = rounds }, story)
                : throw new UserErrorException($"The checkpoint in '{_folder.Path}' was made with another text than '{_settings.InputPath ?? state.Input}'.");
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private int Finish(Run run, Workbench bench, DiscriminatorNetwork discriminator)
    {
        var (saved, state) = (new SavedModel(_folder), run.State);
        saved.Save(bench, discriminator);
        _folder.Guard(() => RunFolder.Replace(_folder.Curves, path => File.WriteAllText(path, Curves.Draw(state, run.WordNats, run.PairNats))));

        var judgement = saved.Judge(bench);
        var nats = state.Results[^1].Standing.HeldOutLoss;
        _screen.Line("Saved, loaded in a fresh MLContext, and asked about the held-out text:");
        _screen.Line($"  true words above drawn words: AUC {Screen.Number(judgement.Drawn)} (pairs {Screen.Number(judgement.Pairs)})");
        _screen.Line($"  windows of text above gibberish: AUC {Screen.Number(judgement.Gibberish)}, above their own words shuffled: AUC {Screen.Number(judgement.Shuffled)}");
        _screen.Line($"Curves: {_folder.Curves}");
        _screen.Line($"Next: --score \"a text\" --out {_folder.Path}");
        var learned = nats < run.WordNats && judgement.Gibberish > LeastGibberish;
        _screen.Line(learned
            ? $"OK: {Counted.Of(state.Results.Count, "round")}, the generator beats {(nats < run.PairNats ? "pairs" : "single words, not pairs")}, model {_folder.Model}"
            : "Not OK: the generator predicts no better than single words, or the discriminator takes gibberish for text; more text may help, see --input.");
        _screen.Line($"generator {Screen.Number(nats)} pairs {Screen.Number(run.PairNats)}; "
            + $"discriminator {Screen.Number(judgement.Drawn)} PMI {Screen.Number(judgement.Pairs)}; text over gibberish {Screen.Number(judgement.Gibberish)}");
        return learned ? ExitCodes.Success : ExitCodes.LearnedNothing;
    }

    private static string Libraries() =>
        string.Join(", ", Packages.All().Skip(1).Select(package => $"{package.Name} {package.Version}"));
}
