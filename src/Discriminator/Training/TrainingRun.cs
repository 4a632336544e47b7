using System.Diagnostics;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The epochs of one training.</summary>
/// <param name="host">Where progress is logged and errors are marked.</param>
/// <param name="options">How to train.</param>
/// <param name="onEpoch">Told of each epoch.</param>
/// <param name="throwIfCancelled">Called before each batch.</param>
internal sealed class TrainingRun(
    IHost host, NextTokenDiscriminatorTrainer.Options options, Action<DiscriminatorEpoch>? onEpoch, Action throwIfCancelled)
{
    /// <summary>Makes a scorer of the best weights so far.</summary>
    public delegate NextTokenDiscriminatorScorer ScorerMaker(NetworkWeights weights, IEnumerable<DiscriminatorEpoch> history);

    /// <summary>Trains to the end, or until no epoch gets better.</summary>
    /// <returns>The weights of the best epoch, and all epochs.</returns>
    /// <exception cref="DiscriminatorTrainingException">The loss stopped being a number.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public (NetworkWeights Best, List<DiscriminatorEpoch> History) Train(
        TrainingData data, NetworkWeights first, NetworkDevice device, int dropoutSeed, int orderSeed, ScorerMaker makeScorer)
    {
        var batches = (data.Training.Count + options.BatchSize - 1) / options.BatchSize;
        using var scope = NewDisposeScope();
        using var channel = host.Start("Training");
        using var network = SharedNetwork.Create(first, device.Device, training: true, dropoutSeed);
        using var learner = new DiscriminatorLearner(network, Learning(batches));

        channel.Info(
            MessageSensitivity.None,
            $"Training on {device.Device}: {data.Training.Count} rows, {data.Validation.Count} for validation, "
            + $"{first.Count} weights, batches of {options.BatchSize} rows.");

        var order = data.Training.ToArray();
        var random = new Random(orderSeed);
        var history = new List<DiscriminatorEpoch>();
        NetworkWeights? best = null;
        var lowest = double.PositiveInfinity;
        var sinceBest = 0;
        for (var number = 1; number <= options.Epochs; number++)
        {
            random.Shuffle(order);
            var watch = Stopwatch.StartNew();
            var training = TrainEpoch(learner, order, data.LabelsTokens, device, batch => Failure(number, batch));
            var seconds = watch.Elapsed.TotalSeconds;

            var validation = data.Validation.Count == 0 ? null : Validate(network, data, device);
            var loss = (validation ?? training).Loss;
            if (!double.IsFinite(loss))
                throw Failure(number, null);
            var isBest = loss < lowest;
            var epoch = new DiscriminatorEpoch(number, options.Epochs, training, validation, order.Length / seconds, isBest);
            history.Add(epoch);
            (lowest, sinceBest) = isBest ? (loss, 0) : (lowest, sinceBest + 1);
            if (isBest)
                best = NetworkWeights.Of(network);

            channel.Info(MessageSensitivity.None, $"{epoch}");
            onEpoch?.Invoke(epoch);
            if (validation is not null && sinceBest >= options.Patience)
            {
                channel.Info(MessageSensitivity.None, $"Stopped: no lower loss in {sinceBest} epochs (Patience).");
                break;
            }
        }

        return (best!, history);

        DiscriminatorTrainingException Failure(int epoch, int? batch)
        {
            var place = batch is { } number ? $"epoch {epoch}, batch {number} of {batches}" : $"epoch {epoch}, on the validation rows";
            var saved = best is null
                ? "no epoch was finished before, so there are no weights to keep"
                : $"the best weights so far, of epoch {history.Last(entry => entry.IsBest).Epoch}, are in the exception's Best";
            return host.Process(new DiscriminatorTrainingException(
                $"The loss is no longer a finite number: {place}; {saved}. Try a smaller LearningRate, or a larger WarmupFraction.",
                epoch, batch, best is null ? null : makeScorer(best, history)));
        }
    }

    private DiscriminatorLearningOptions Learning(int batches)
    {
        var steps = (int)Math.Min(int.MaxValue, (long)batches * options.Epochs);
        return new DiscriminatorLearningOptions
        {
            LearningRate = options.LearningRate,
            WeightDecay = options.WeightDecay,
            MaxGradientNorm = options.MaxGradientNorm,
            WarmupSteps = (int)(steps * options.WarmupFraction),
            TotalSteps = steps,
        };
    }

    private DiscriminatorMetrics TrainEpoch(
        DiscriminatorLearner learner, SequenceRow[] order, bool byToken, NetworkDevice device, Func<int, Exception> failure)
    {
        var tally = new ScoreTally();
        var number = 0;
        foreach (var batch in TrainingBatch.Ahead(order.Chunk(options.BatchSize), byToken, device.Device))
        {
            throwIfCancelled();
            number++;
            var (input, labels, weights) = (batch.Input, batch.Labels, batch.Weights);
            if (double.IsNaN(learner.Step(input.Sequences, input.Mask, labels, input.Tokens, weights, out var logits)))
                throw failure(number);
            Count(tally, batch.Rows, logits, byToken);
        }

        return tally.Sum();
    }

    private DiscriminatorMetrics Validate(DiscriminatorNetwork network, TrainingData data, NetworkDevice device)
    {
        network.eval();
        var tally = new ScoreTally();
        foreach (var rows in data.Validation.Chunk(options.BatchSize))
        {
            throwIfCancelled();
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var batch = Batch.Of(rows, device.Device);
            Count(tally, rows, network.forward(batch.Sequences, batch.Mask).cpu().data<float>().ToArray(), data.LabelsTokens);
        }

        return tally.Sum();
    }

    private static void Count(ScoreTally tally, SequenceRow[] rows, float[] logits, bool byToken)
    {
        var padded = logits.Length / rows.Length;
        for (var i = 0; i < rows.Length; i++)
        {
            var scores = RowScores.Of(logits.AsSpan(i * padded, rows[i].Tokens));
            if (!byToken)
            {
                tally.Add(scores.Score, rows[i].Labels[0], rows[i].Weight);
                continue;
            }

            for (var t = 0; t < rows[i].Tokens; t++)
                tally.Add(scores.Tokens[t], rows[i].Labels[t], rows[i].Weight);
        }
    }
}
