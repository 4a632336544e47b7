using Microsoft.ML;
using MlNetNtd.Examples.TextGan;

namespace MlNetNtd.Examples.Sweep;

/// <summary>
/// The end: the default options and the finalists train again to the end of the budget, with seeds that no trial had, and
/// are asked about rows that no trial saw. Who of them is best, the validation rows say, over all of these seeds. So neither luck
/// with a seed nor with the rows of the search counts for them.
/// </summary>
internal sealed class FinalRuns
{
    private readonly WordTask _task;
    private readonly Recipe _recipe;
    private readonly SweepSeeds _seeds;
    private readonly Settings _settings;
    private readonly SweepFolder _folder;
    private readonly SweepFile _file;

    public FinalRuns(WordTask task, Recipe recipe, SweepSeeds seeds, Settings settings, SweepFolder folder, SweepFile file)
    {
        (_task, _recipe, _seeds, _settings, _folder, _file) = (task, recipe, seeds, settings, folder, file);
    }

    /// <summary>Trains what was not trained in an earlier run.</summary>
    /// <param name="trials">The trials; the first has the default options.</param>
    /// <param name="finalists">Who trains besides them; their models are kept.</param>
    /// <param name="known">What an earlier run left.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public FinalRecord[] Run(IReadOnlyList<TrialRecord> trials, IReadOnlyList<int> finalists, IReadOnlyList<FinalRecord> known, CancellationToken stop)
    {
        (int Trial, int Number)[] jobs =
        [
            .. finalists.Prepend(TrialRecord.Default).Distinct()
                .SelectMany(trial => Enumerable.Range(0, _recipe.FinalSeeds).Select(number => (trial, number))),
        ];
        using var gate = new SemaphoreSlim(_settings.Parallel);
        return SideBySide.Run(jobs.Length, (i, stopAll) => Run(jobs[i], stopAll), stop);

        FinalRecord Run((int Trial, int Number) job, CancellationToken stopAll)
        {
            if (known.FirstOrDefault(final => (final.Trial, final.Number) == job) is { } done && (!finalists.Contains(job.Trial) || File.Exists(_folder.Candidate(job.Trial, job.Number))))
                return done;
            gate.Wait(stopAll);
            try
            {
                var record = Train(trials[job.Trial].Options, job, finalists.Contains(job.Trial), stopAll);
                _file.Add(new SweepEntry(Final: record));
                return record;
            }
            catch (DiscriminatorTrainingException e)
            {
                throw new UserErrorException($"The options of trial {job.Trial} came to no end with another seed; another --seed may help: {e.Message}", e);
            }
            finally
            {
                gate.Release();
            }
        }
    }

    /// <summary>What a model is worth on the rows that no trial saw.</summary>
    public double TestAuc(MLContext mlContext, ITransformer model) => mlContext.BinaryClassification
        .EvaluateTokens(model.Transform(_task.Test(mlContext)), nameof(GanRow.TokenLabels)).AreaUnderRocCurve;

    private FinalRecord Train(NextTokenDiscriminatorTrainer.Options options, (int Trial, int Number) job, bool isKept, CancellationToken stop)
    {
        var mlContext = new MLContext(0);
        var losses = new List<double>();
        var trainer = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(
            Tournament.Complete(SweepFile.Copy(options), _recipe, _seeds.Final(job.Number)), epoch => losses.Add(epoch.MonitoredLoss), cancellationToken: stop);
        var rows = _task.Training(mlContext);
        using var model = trainer.Fit(_task.Stage(mlContext), rows, _task.Validation(mlContext));
        if (isKept)
            _folder.Guard(() => SweepFolder.Replace(_folder.Candidate(job.Trial, job.Number), path => mlContext.Model.Save(model, rows.Schema, path)));
        return new FinalRecord(job.Trial, job.Number, losses.Min(), losses.Count, TestAuc(mlContext, model));
    }
}
