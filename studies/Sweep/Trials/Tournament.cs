namespace MlNetNtd.Examples.Sweep;

/// <summary>All trials: random search, halved at each rung.</summary>
internal sealed class Tournament
{
    private readonly WordTask _task;
    private readonly Recipe _recipe;
    private readonly Settings _settings;
    private readonly SweepFile _file;

    public Tournament(WordTask task, Recipe recipe, Settings settings, SweepFile file)
    {
        (_task, _recipe, _settings, _file) = (task, recipe, settings, file);
    }

    /// <summary>The trials as they are before anything is trained: the default options first, then drawn ones.</summary>
    public static TrialRecord[] Draw(Recipe recipe, SweepSeeds seeds, int trials) =>
    [
        .. Enumerable.Range(0, trials).Select(trial => new TrialRecord(
            trial,
            Complete(trial == TrialRecord.Default ? new() : SearchSpace.Draw(seeds.Options(trial)), recipe, seeds.Training(trial)),
            [], Ended: false)),
    ];

    /// <summary>What is the same for all: the columns and the budget.</summary>
    public static NextTokenDiscriminatorTrainer.Options Complete(NextTokenDiscriminatorTrainer.Options options, Recipe recipe, int seed)
    {
        options.LabelColumnName = nameof(TextGan.GanRow.TokenLabels);
        options.Epochs = recipe.Epochs;
        options.Seed = seed;
        return options;
    }

    /// <summary>Runs them.</summary>
    /// <param name="trials">How far each is.</param>
    /// <param name="onDecided">Told of each rung.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>How far each came.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public TrialRecord[] Run(
        IReadOnlyList<TrialRecord> trials, Action<Rung, IReadOnlyDictionary<int, double>, IReadOnlySet<int>> onDecided, CancellationToken stop)
    {
        var ladder = new Ladder(trials.Count, _recipe.Rungs, onDecided);
        using var gate = new SemaphoreSlim(_settings.Parallel);
        return SideBySide.Run(
            trials.Count,
            (number, stopAll) =>
            {
                using var run = new TrialRun(_task, ladder, gate, trials[number], record => _file.Add(new SweepEntry(Trial: record)), stopAll);
                return run.Run();
            },
            stop);
    }
}
