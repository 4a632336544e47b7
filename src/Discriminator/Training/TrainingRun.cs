using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The epochs of one training, from the beginning or from a checkpoint on.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly IHost _host;
    private readonly IChannel _channel;
    private readonly NextTokenDiscriminatorTrainer.Options _options;
    private readonly TrainingData _data;
    private readonly NetworkDevice _device;
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;
    private readonly RowOrder _order;
    private readonly int _batches;
    private readonly Stopwatch _watch = new();
    private readonly ProgressMeter _meter;

    private TrainingState _state = new();
    private ScoreTally _tally = new();
    private Checkpoints? _checkpoints;

    /// <param name="host">Where progress is logged and errors are marked.</param>
    /// <param name="options">How to train.</param>
    /// <param name="data">The rows.</param>
    /// <param name="first">The weights to begin with.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="dropoutSeed">Decides what dropout leaves out.</param>
    /// <param name="orderSeed">Decides the order of rows.</param>
    public TrainingRun(
        IHost host, NextTokenDiscriminatorTrainer.Options options, TrainingData data, NetworkWeights first, NetworkDevice device, int dropoutSeed, int orderSeed)
    {
        (_host, _options, _data, _device) = (host, options, data, device);
        _channel = host.Start("Training");
        _batches = (int)((data.Training.Rows + RowsPerStep - 1) / RowsPerStep);
        _network = SharedNetwork.Create(first, device.Device, training: true, dropoutSeed);
        _learner = new DiscriminatorLearner(_network, Learning());
        var bytesARow = Math.Max(1, data.Training.Bytes / data.Training.Rows);
        _order = new RowOrder((int)Math.Min(RowsPerStep, int.MaxValue), options.BucketByLength, orderSeed, options.ShuffleBytes / bytesARow);
        _meter = new ProgressMeter(options.ProgressSeconds);
        _channel.Info(
            MessageSensitivity.None,
            $"Training on {device.Device}: {data.Training.Rows} rows, {data.Validation.Rows} for validation, "
            + $"{first.Count} weights, batches of {RowsPerStep} rows"
            + (data.IsKept ? "." : $"; {data.Training.Bytes >> 20:N0} MiB of rows are read again in each epoch (CacheBytes)."));
    }

    /// <summary>Makes a scorer of the best weights so far.</summary>
    public delegate NextTokenDiscriminatorScorer ScorerMaker(NetworkWeights weights, IEnumerable<DiscriminatorEpoch> history);

    private long RowsPerStep => (long)_options.BatchSize * _options.AccumulateSteps;

    // Epochs are compared by it.
    private double Lowest => _state.History.Count == 0 ? double.PositiveInfinity : _state.History.Min(epoch => epoch.DecidingLoss);

    private int SinceBest => _state.History.Reverse().TakeWhile(epoch => !epoch.IsBest).Count();

    /// <summary>Goes on from the checkpoint that the options name, and keeps it up to date from now on.</summary>
    /// <param name="identity">What it must belong to.</param>
    /// <exception cref="InvalidOperationException">It belongs to something else, is in use, or cannot be written.</exception>
    /// <exception cref="FormatException">It is damaged, or no checkpoint.</exception>
    public void Open(CheckpointIdentity identity)
    {
        _checkpoints = Checkpoints.Open(_host, _channel, _options, identity);
        if (_checkpoints?.Read() is { } state)
        {
            _learner.SetState(state.Learner!);
            _state = state;
            _tally.Add(state.Judged);
            _channel.Info(
                MessageSensitivity.None,
                $"Goes on from the checkpoint '{_options.CheckpointPath}': epoch {state.Epoch}, {state.Batches} of {_batches} batches done.");
        }

        _checkpoints?.Begin(Now());
    }

    /// <summary>Trains to the end, or until no epoch gets better.</summary>
    /// <param name="onEpoch">Told of each epoch.</param>
    /// <param name="progress">Told in between.</param>
    /// <param name="throwIfCancelled">Called before each batch.</param>
    /// <param name="makeScorer">For an error that carries the best weights so far.</param>
    /// <returns>The weights of the best epoch, and all epochs.</returns>
    /// <exception cref="DiscriminatorTrainingException">The loss stopped being a number.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public (NetworkWeights Best, IReadOnlyList<DiscriminatorEpoch> History) Train(
        Action<DiscriminatorEpoch>? onEpoch, IProgress<DiscriminatorProgress>? progress, Action throwIfCancelled, ScorerMaker makeScorer)
    {
        using var scope = NewDisposeScope();
        try
        {
            while (_state.Epoch <= _options.Epochs && !IsOver())
            {
                var epoch = TrainEpoch(progress, throwIfCancelled, makeScorer);
                _channel.Info(MessageSensitivity.None, $"{epoch}");
                onEpoch?.Invoke(epoch);
                Advance(epoch);
            }
        }
        catch (OperationCanceledException)
        {
            _checkpoints?.Save(Now());
            throw;
        }

        return (new NetworkWeights(_network.Shape, _state.Best), _state.History);
    }

    public void Dispose()
    {
        _checkpoints?.Dispose();
        _learner.Dispose();
        _network.Dispose();
        _channel.Dispose();
    }

    private bool IsOver()
    {
        if (_data.Validation.Rows == 0 || !(SinceBest >= _options.Patience))
            return false;
        _channel.Info(MessageSensitivity.None, $"Stopped: no lower loss in {SinceBest} epochs (Patience).");
        return true;
    }

    private DiscriminatorEpoch TrainEpoch(IProgress<DiscriminatorProgress>? progress, Action throwIfCancelled, ScorerMaker makeScorer)
    {
        _watch.Restart();
        _meter.Begin();
        var isFirst = _state is { Epoch: 1, Batches: 0 };
        var steps = _order.Steps(_state.Epoch, _data.TrainingRows(_state.Epoch)).Skip(_state.Batches);
        foreach (var batch in TrainingBatch.Ahead(steps, _options.BatchSize, _data.LabelsTokens, _device.Device))
        {
            throwIfCancelled();
            if (double.IsNaN(_learner.Step([.. batch.Pieces.Select(piece => piece.Input)], out var logits)))
                SkipOrThrow(batch.Rows, makeScorer);
            else
                Count(batch, logits);
            _state = _state with { Batches = _state.Batches + 1 };
            _meter.Add(batch);
            Tell(progress);
            if (_checkpoints?.IsDue(_learner.Steps) == true)
                _checkpoints.Save(Now());
        }

        _watch.Stop();
        if (_options.BucketByLength && isFirst)
            TellSaved();
        var seconds = _state.Seconds + _watch.Elapsed.TotalSeconds;
        var training = _tally.Sum();
        var validation = _data.Validation.Rows == 0 ? null : Validate(throwIfCancelled);
        var loss = (validation ?? training).Loss;
        if (!double.IsFinite(loss))
            throw _host.Process(Failure(null, makeScorer));
        return new DiscriminatorEpoch(_state.Epoch, _options.Epochs, training, validation, _data.Training.Rows / seconds, loss < Lowest);
    }

    private void TellSaved() => _channel.Info(MessageSensitivity.None, string.Create(
        CultureInfo.InvariantCulture,
        $"Rows of similar length share a batch (BucketByLength): {100 * _meter.Padding:F0}% padding in place of {100 * _data.Padding:F0}%."));

    private void Tell(IProgress<DiscriminatorProgress>? progress)
    {
        if (_meter.Tell(_state, _options.Epochs, _batches, _tally.Loss, _learner) is not { } told)
            return;
        _channel.Info(MessageSensitivity.None, $"{told}");
        progress?.Report(told);
    }

    private void Advance(DiscriminatorEpoch epoch)
    {
        _state = _state with
        {
            Epoch = _state.Epoch + 1,
            Batches = 0,
            Seconds = 0,
            History = [.. _state.History, epoch],
            Best = epoch.IsBest ? NetworkWeights.Of(_network).Values : _state.Best,
        };
        _tally = new ScoreTally();
        _watch.Reset();
        _checkpoints?.Save(Now());
    }

    private TrainingState Now() =>
        _state with { Seconds = _state.Seconds + _watch.Elapsed.TotalSeconds, Judged = _tally.State, Learner = _learner.GetState() };

    private void SkipOrThrow(SequenceRow[] rows, ScorerMaker makeScorer)
    {
        var failure = Failure(rows, makeScorer);
        if (_state.Skipped >= _options.SkipNonFiniteSteps)
            throw _host.Process(failure);
        failure.Best?.Dispose();
        _state = _state with { Skipped = _state.Skipped + 1 };
        _channel.Warning(
            MessageSensitivity.None,
            $"Skipped a step, {_state.Skipped} of at most {_options.SkipNonFiniteSteps} (SkipNonFiniteSteps): {failure.Message}");
    }

    private DiscriminatorTrainingException Failure(SequenceRow[]? rows, ScorerMaker makeScorer)
    {
        var best = _state.Best.Count == 0 ? null : makeScorer(new NetworkWeights(_network.Shape, _state.Best), _state.History);
        return DiscriminatorTrainingException.Of(
            _state, _batches, rows, rows is null ? null : _learner.LargestGradient(), _checkpoints?.Last, best);
    }

    private DiscriminatorLearningOptions Learning()
    {
        var steps = (int)Math.Min(int.MaxValue, (long)_batches * _options.Epochs);
        return new DiscriminatorLearningOptions
        {
            LearningRate = _options.LearningRate,
            WeightDecay = _options.WeightDecay,
            MaxGradientNorm = _options.MaxGradientNorm,
            WarmupSteps = (int)(steps * _options.WarmupFraction),
            TotalSteps = steps,
        };
    }

    private DiscriminatorMetrics Validate(Action throwIfCancelled)
    {
        _network.eval();
        var tally = new ScoreTally();
        foreach (var rows in Ahead.Of(_data.ValidationRows(_state.Epoch).Chunk(_options.BatchSize)))
        {
            throwIfCancelled();
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var batch = Batch.Of(rows, _device.Device);
            tally.Add(rows, _network.forward(batch.Sequences, batch.Mask).cpu().data<float>().ToArray(), _data.LabelsTokens);
        }

        return tally.Sum();
    }

    private void Count(TrainingBatch batch, float[][] logits)
    {
        for (var i = 0; i < logits.Length; i++)
            _tally.Add(batch.Pieces[i].Rows, logits[i], _data.LabelsTokens);
    }
}
