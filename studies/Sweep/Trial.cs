using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.Studies.TextGan;
using TorchSharp;

namespace MlNetNtd.Studies.Sweep;

/// <summary>One set of options, and its validation losses so far.</summary>
/// <param name="number">Its number; 0: the default options.</param>
/// <param name="createOptions">Creates the options, the same ones each time.</param>
internal sealed class Trial(int number, Func<NextTokenDiscriminatorTrainer.Options> createOptions)
{
    private readonly List<double> _losses = [];

    public int Number => number;

    public NextTokenDiscriminatorTrainer.Options Options { get; } = createOptions();

    /// <summary>Gets the validation loss after each epoch, in nats.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>Gets whether the trainer came to its end.</summary>
    public bool Ended { get; private set; }

    /// <summary>Gets why the trainer failed; null: it has not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Gets the lowest loss up to an epoch, whose weights the trainer keeps; infinite if the trainer failed.</summary>
    public double GetLoss(int epoch = int.MaxValue) => Failure is null ? _losses.Take(epoch).Min() : double.PositiveInfinity;

    /// <summary>Trains up to an epoch, from the epoch that an earlier call reached.</summary>
    /// <param name="task">The rows.</param>
    /// <param name="epoch">The epoch to stop after.</param>
    /// <param name="folder">The folder of checkpoints.</param>
    public void TrainTo(WordTask task, int epoch, string folder)
    {
        if (Ended || Failure is not null || _losses.Count >= epoch)
            return;
        var options = createOptions();
        options.CheckpointPath = Path.Combine(folder, $"{number}.checkpoint");
        using var rung = new CancellationTokenSource();
        try
        {
            Fit(task, options, result =>
            {
                _losses.Add(result.MonitoredLoss);
                if (result.Epoch == epoch && epoch < options.Epochs)
                    rung.Cancel();
            }, rung.Token).Dispose();
            Ended = true;
        }
        catch (OperationCanceledException) when (rung.IsCancellationRequested)
        {
            // The checkpoint has the rest.
        }
        catch (DiscriminatorTrainingException e)
        {
            Failure = e.Message;
        }
    }

    /// <summary>Trains from the beginning with another seed, and evaluates the model on rows that no trial saw.</summary>
    /// <param name="task">The rows.</param>
    /// <param name="seed">The seed.</param>
    public FinalResult TrainFinal(WordTask task, int seed)
    {
        var losses = new List<double>();
        var options = createOptions();
        options.Seed = seed;
        using var model = Fit(task, options, result => losses.Add(result.MonitoredLoss), CancellationToken.None);
        var mlContext = new MLContext(0);
        var auc = mlContext.BinaryClassification.EvaluateTokens(model.Transform(task.CreateTestRows(mlContext)), nameof(GanRow.TokenLabels)).AreaUnderRocCurve;
        return new FinalResult(number, losses.Min(), auc);
    }

    private static TransformerChain<NextTokenDiscriminatorScorer> Fit(
        WordTask task, NextTokenDiscriminatorTrainer.Options options, Action<EpochResult> onEpoch, CancellationToken cancellationToken)
    {
        // With one libtorch thread the result depends neither on the cores nor on the other trials.
        torch.set_num_threads(1);
        var mlContext = new MLContext(0);
        var trainer = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(options, onEpoch, cancellationToken: cancellationToken);
        return trainer.Fit(task.CreateTransform(mlContext), task.CreateTrainingRows(mlContext), task.CreateValidationRows(mlContext));
    }
}

/// <summary>A final training of a trial's options.</summary>
/// <param name="Trial">The trial's number.</param>
/// <param name="Loss">The lowest validation loss, in nats.</param>
/// <param name="Auc">The AUC on rows that no trial saw.</param>
internal sealed record FinalResult(int Trial, double Loss, double Auc);
