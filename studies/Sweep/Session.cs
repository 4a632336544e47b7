using System.Globalization;
using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Examples.Sweep;

/// <summary>A sweep from the text to the saved model, told as it goes.</summary>
internal sealed class Session
{
    private readonly Settings _settings;
    private readonly Screen _screen;
    private readonly Recipe _recipe;
    private readonly SweepFolder _folder;
    private readonly SweepFile _file;
    private readonly CancellationToken _interrupt;

    /// <param name="settings">What the command line asks for.</param>
    /// <param name="screen">Where to tell it.</param>
    /// <param name="interrupt">Stops it.</param>
    /// <param name="recipe">The sizes; null: those of the example.</param>
    public Session(Settings settings, Screen screen, CancellationToken interrupt, Recipe? recipe = null)
    {
        _settings = settings;
        _screen = screen;
        _interrupt = interrupt;
        _recipe = recipe ?? new Recipe();
        _folder = new SweepFolder(settings.OutputFolder);
        _file = new SweepFile(_folder);
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">Something that the user can put right.</exception>
    /// <exception cref="InterruptedException">The user stopped it; what is known of the trials is saved.</exception>
    public int Run()
    {
        // Before other threads are: what is computed in parts, in another number of parts is another result.
        torch.set_num_threads(1);
        var sweep = new SweepStart(_settings, _recipe, _folder, _file).Begin();
        _screen.Line($"Sweep, {sweep.Header.Trials} trials, seed {sweep.Header.Seed}, on the CPU: {Libraries()}");
        _screen.Line($"The next word of a text against a word at random: {sweep.Task.Description}");
        try
        {
            return Run(sweep);
        }
        catch (OperationCanceledException) when (_interrupt.IsCancellationRequested)
        {
            throw new InterruptedException($"Stopped; what is known of the trials is in '{_folder.Trials}': --resume goes on from there.");
        }
    }

    private int Run(SweepStart.State sweep)
    {
        var trials = new Tournament(sweep.Task, _recipe, _settings, _file).Run(sweep.Trials, Tell, _interrupt);
        TrialTable.Print(_screen, trials, _recipe.Dimension);
        var ranked = Ranking.Of(trials).ToArray();
        if (ranked[0].Failure is { } failure)
            throw new UserErrorException($"No trial came to an end: {failure}");
        int[] finalists = [.. ranked.Take(_recipe.Finalists).Where(trial => trial.Ended).Select(trial => trial.Trial)];

        var runs = new FinalRuns(sweep.Task, _recipe, sweep.Seeds, _settings, _folder, _file);
        _screen.Line($"Again with {_recipe.FinalSeeds} seeds that no trial had: the default options, and those of {Trials(finalists)} ...");
        var finals = runs.Run(trials, finalists, sweep.Finals, _interrupt);
        var best = Outcome.Winner(finals, finalists);
        _screen.Line($"Best over these seeds, by validation loss: {Trials([best])}");
        var outcome = Outcome.Of(finals, best);
        Save(finals, best);
        _file.Begin(sweep.Header, trials, finals);
        var pairs = sweep.Task.PairAuc();
        _folder.Guard(() => SweepFolder.Replace(_folder.Chart, path => File.WriteAllText(path, TrialChart.Draw(trials, best, outcome, pairs))));

        OutcomeReport.Print(_screen, outcome, pairs);
        var fresh = new MLContext();
        var model = fresh.Model.Load(_folder.Model, out var _);
        using (model as IDisposable)
            _screen.Line($"Saved, loaded in a fresh MLContext, and asked about the same rows: AUC {Screen.Number(runs.TestAuc(fresh, model))}");
        _screen.Line($"Model: {_folder.Model}");
        _screen.Line($"Chart: {_folder.Chart}");
        _screen.Line(OutcomeReport.LastLine(outcome, trials.Length));
        return outcome.Margin > 0 ? ExitCodes.Success : ExitCodes.LearnedNothing;
    }

    // Of the best options' models, the one of the lowest validation loss: what the rows of the end say decides nothing.
    private void Save(IEnumerable<FinalRecord> finals, int best)
    {
        var chosen = finals.Where(final => final.Trial == best).MinBy(final => final.Loss)!;
        _folder.Guard(() => SweepFolder.Replace(_folder.Model, path => File.Copy(_folder.Candidate(best, chosen.Number), path, overwrite: true)));
    }

    private void Tell(Rung rung, IReadOnlyDictionary<int, double> losses, IReadOnlySet<int> survivors)
    {
        var best = losses.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).First();
        var name = best.Key == TrialRecord.Default ? "the default options" : $"trial {best.Key}";
        _screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"After {Counted.Of(rung.Epoch, "epoch")}: {survivors.Count} of {losses.Count} trials go on; the lowest validation loss is {best.Value:F3} ({name}), the default options {(survivors.Contains(TrialRecord.Default) ? "go on" : losses.ContainsKey(TrialRecord.Default) ? "are stopped" : "were stopped before")}"));
    }

    private static string Trials(int[] numbers) => $"trial{(numbers.Length == 1 ? "" : "s")} {string.Join(", ", numbers)}";

    private static string Libraries() =>
        string.Join(", ", Packages.All().Skip(1).Select(package => $"{package.Name} {package.Version}"));
}
