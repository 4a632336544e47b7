namespace MlNetNtd.Examples.Sweep;

/// <summary>The beginning of a run: a new sweep, or one that goes on.</summary>
internal sealed class SweepStart
{
    private readonly Settings _settings;
    private readonly Recipe _recipe;
    private readonly SweepFolder _folder;
    private readonly SweepFile _file;

    public SweepStart(Settings settings, Recipe recipe, SweepFolder folder, SweepFile file)
    {
        (_settings, _recipe, _folder, _file) = (settings, recipe, folder, file);
    }

    /// <summary>Where a sweep stands.</summary>
    internal sealed record State(
        SweepHeader Header, SweepSeeds Seeds, WordTask Task, IReadOnlyList<TrialRecord> Trials, IReadOnlyList<FinalRecord> Finals);

    /// <summary>Reads the text, and what an earlier run left where this one goes on from it.</summary>
    /// <exception cref="UserErrorException">The text, the folder or the trials in it cannot be used.</exception>
    public State Begin()
    {
        if (_settings.Resume)
            return Resume();

        var trials = _settings.Trials ?? Settings.DefaultTrials;
        var seed = _settings.Seed ?? Settings.DefaultSeed;
        var input = Path.GetFullPath(_settings.InputPath ?? Settings.DefaultInputPath);
        var seeds = new SweepSeeds(seed, trials);
        var task = WordTask.Read(input, _recipe, seeds);
        _folder.Prepare();
        return Started(new State(
            new SweepHeader(SweepHeader.CurrentVersion, trials, seed, input, task.TextHash), seeds, task, Tournament.Draw(_recipe, seeds, trials), []));
    }

    // The file knows; what the command line says besides must not contradict it.
    private State Resume()
    {
        var (header, known, finals) = _file.Read();
        if ((_settings.Trials is { } count && count != header.Trials) || (_settings.Seed is { } seed && seed != header.Seed))
            throw new UserErrorException($"The trials in '{_folder.Trials}' are {header.Trials} of seed {header.Seed}: with --resume, leave out --trials and --seed.");
        var seeds = new SweepSeeds(header.Seed, header.Trials);
        var input = _settings.InputPath ?? header.Input;
        var task = WordTask.Read(input, _recipe, seeds);
        if (task.TextHash != header.InputHash)
            throw new UserErrorException($"The trials in '{_folder.Trials}' were made with another text than '{input}'.");

        var trials = Tournament.Draw(_recipe, seeds, header.Trials);
        foreach (var record in known)
        {
            if (!SweepFile.Same(record.Options, trials[record.Trial].Options))
                throw new UserErrorException($"The trials in '{_folder.Trials}' are of another search: trial {record.Trial} has other options than are drawn here.");
            trials[record.Trial] = record;
        }

        _folder.Prepare();
        return Started(new State(header, seeds, task, trials, finals));
    }

    // Whole lines only from here on, whatever a run that was killed left.
    private State Started(State state)
    {
        _file.Begin(state.Header, state.Trials.Where(trial => trial.Epochs > 0 || trial.IsOver), state.Finals);
        return state;
    }
}
