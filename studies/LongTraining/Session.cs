using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.LongTraining;

/// <summary>A training from wherever it was to its end: rows that are not kept, a checkpoint, a bar, the history as a table and as a chart.</summary>
internal sealed class Session
{
    private const int Seed = 1;

    // Where guessing is a half.
    private const double LeastAuc = 0.6;

    private readonly Settings _settings;
    private readonly Screen _screen;
    private readonly OutputFiles _files;
    private readonly CancellationToken _interrupt;

    public Session(Settings settings, Screen screen, CancellationToken interrupt)
    {
        (_settings, _screen, _interrupt) = (settings, screen, interrupt);
        _files = new OutputFiles(settings.OutputFolder);
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">Something that the user can put right.</exception>
    /// <exception cref="InterruptedException">The user stopped it; its checkpoint is saved.</exception>
    public int Run()
    {
        _files.Prepare();
        if (File.Exists(_files.Checkpoint))
            _screen.Line($"Goes on from {_files.Checkpoint}.");
        var context = new MLContext(Seed);
        var bar = new TrainingBar(_screen);
        var data = context.Data.LoadFromEnumerable(MadeRows.Of(_settings.Rows));
        var pipeline = context.Transforms.NextTokenDiscriminator(embeddingDimension: MadeRows.Dimension, maxTokens: MadeRows.Tokens)
            .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(
                new NextTokenDiscriminatorTrainer.Options
                {
                    Epochs = _settings.Epochs,
                    Layers = 1,
                    ModelDimension = 32,
                    MaxCacheBytes = (long)_settings.CacheMegabytes << 20,
                    // Another number of them is another order of rows, so a training that goes on must have the same.
                    ShuffleBufferBytes = 8 << 20,
                    CheckpointPath = _files.Checkpoint,
                    CheckpointSeconds = 10,
                    ProgressSeconds = _screen.IsPlain ? 5 : 0.2,
                    Seed = Seed,
                },
                epoch => _screen.Line($"{epoch}"), bar, _interrupt));
        using var model = bar.Run(() => Fit(pipeline, data));
        return Finish(context, model, data.Schema);
    }

    private TransformerChain<NextTokenDiscriminatorScorer> Fit(EstimatorChain<NextTokenDiscriminatorScorer> pipeline, IDataView data)
    {
        try
        {
            return pipeline.Fit(data);
        }
        catch (OperationCanceledException) when (_interrupt.IsCancellationRequested)
        {
            throw new InterruptedException("Interrupted; the same command goes on from there.");
        }
        // What the trainer says of a checkpoint names its file and the cure.
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new UserErrorException(e.Message, e);
        }
    }

    private int Finish(MLContext context, TransformerChain<NextTokenDiscriminatorScorer> model, DataViewSchema schema)
    {
        var history = model.LastTransformer.History;
        _files.Replace(_files.Csv, path =>
        {
            using var writer = new StreamWriter(path);
            history.WriteCsv(writer);
        });
        _files.Replace(_files.Chart, path => File.WriteAllText(path, HistoryChart.Draw(history)));
        _files.Replace(_files.Model, path => context.Model.Save(model, schema, path));

        var kept = history.Last(epoch => epoch.IsBest);
        _screen.Line($"History: {_files.Csv}, {_files.Chart}");
        var learned = kept.Validation!.AreaUnderRocCurve > LeastAuc;
        _screen.Line(learned
            ? $"OK: epoch {kept.Epoch} is kept, AUC {Screen.Number(kept.Validation.AreaUnderRocCurve)} on rows it was not trained on, model {_files.Model}"
            : $"Not OK: AUC {Screen.Number(kept.Validation.AreaUnderRocCurve)} on rows it was not trained on; more --rows or --epochs may help.");
        return learned ? ExitCodes.Success : ExitCodes.LearnedNothing;
    }
}
