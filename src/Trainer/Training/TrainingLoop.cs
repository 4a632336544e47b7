using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The epochs of one training, from the beginning or from a checkpoint on.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly IHost _host;
    private readonly IChannel _channel;
    private readonly NextTokenDiscriminatorTrainer.Options _options;
    private readonly TrainingDataset _data;
    private readonly DistributedContext _distributed;
    private readonly NetworkDevice _device;
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;
    private readonly EpochBatches _batches;
    private readonly Validator _validation;
    private readonly Stopwatch _watch = new();
    private readonly ProgressReporter _progress;
    private readonly StepSignals _signals;

    private TrainingState _state = new();
    private BinaryMetricsAccumulator _metrics = new();
    private CheckpointManager? _checkpoints;
    private bool _writesCheckpoints;

    /// <param name="host">Where progress is logged and errors are marked.</param>
    /// <param name="options">How to train.</param>
    /// <param name="distributed">Who trains.</param>
    /// <param name="data">The rows.</param>
    /// <param name="initialWeights">The weights to begin with.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="dropoutSeed">Decides what dropout leaves out.</param>
    /// <param name="orderSeed">Decides the order of rows.</param>
    public TrainingLoop(
        IHost host, NextTokenDiscriminatorTrainer.Options options, DistributedContext distributed, TrainingDataset data, StateDictionary initialWeights, NetworkDevice device, int dropoutSeed, int orderSeed)
    {
        (_host, _options, _distributed, _data, _device) = (host, options, distributed, data, device);
        _channel = host.Start("Training");
        _batches = new EpochBatches(host, options, distributed, data, orderSeed);
        _network = NetworkHandle.Create(initialWeights, device.Device, training: true, dropoutSeed);
        var shared = distributed.CreateGradientAllReduce(StepSignals.Count);
        _learner = new DiscriminatorLearner(_network, options.ToLearnerOptions(_batches.Count)) { AllReduce = shared };
        _validation = new Validator(_network, device.Device, data, distributed, options.BatchSize);
        _signals = new StepSignals(shared);
        _progress = new ProgressReporter(options.ProgressSeconds);
        if (!distributed.IsSingleProcess)
            LogInfo($"{distributed}.");
        LogInfo(
            $"Training on {device.Device}: {data.Training.Rows} rows, {data.Validation.Rows} for validation, "
            + $"{initialWeights.Count} weights, batches of {options.RowsPerStep} rows"
            + (data.IsCached ? "." : $"; {data.Training.Bytes >> 20:N0} MiB of rows are read again in each epoch (MaxCacheBytes)."));
    }

    /// <summary>Makes a scorer of the best weights so far.</summary>
    public delegate NextTokenDiscriminatorScorer ScorerMaker(StateDictionary weights, IEnumerable<EpochResult> history);

    // Epochs are compared by it.
    private double BestMonitoredValue => _state.History.Select(epoch => epoch.Monitored(_options.MonitorMetric)).DefaultIfEmpty(double.NegativeInfinity).Max();

    private int EpochsSinceBest => _state.History.Reverse().TakeWhile(epoch => !epoch.IsBest).Count();

    /// <summary>Goes on from the checkpoint that the options name, and keeps it up to date from now on: the first process does.</summary>
    /// <param name="identity">What it must belong to.</param>
    /// <param name="place">The checkpoint's file, which the first process holds; null: no checkpoints, or another process.</param>
    /// <exception cref="InvalidOperationException">It belongs to something else, or cannot be written.</exception>
    /// <exception cref="FormatException">It is damaged, or no checkpoint.</exception>
    public void RestoreCheckpoint(CheckpointFingerprint identity, CheckpointLock? place)
    {
        var bounds = new TrainingStateValidator(_network.Config, _options.Epochs, _batches.Count, _options.MaxNonFiniteSteps, _data.Validation.Rows > 0, _options.MonitorMetric);
        var state = _distributed.BroadcastFromMain(() =>
        {
            _checkpoints = CheckpointManager.Open(_host, _channel, _options, identity, place);
            return _checkpoints?.Read(bounds);
        });
        if (state is not null)
        {
            _learner.SetState(state.Learner!);
            _state = state;
            if (_distributed.IsMainProcess)
                _metrics.Add(state.Judged);
            LogInfo($"Goes on from the checkpoint '{_options.CheckpointPath}': epoch {state.Epoch}, {state.Batches} of {_batches.Count} batches done.");
        }

        _writesCheckpoints = _distributed.BroadcastFromMain(() =>
        {
            _checkpoints?.WriteInitial(CaptureState(_metrics));
            return _checkpoints is not null;
        });
        _distributed.BroadcastState(_learner);
    }

    /// <summary>Trains to the end, or until no epoch gets better.</summary>
    /// <param name="onEpoch">Told of each epoch.</param>
    /// <param name="progress">Told in between.</param>
    /// <param name="throwIfCancelled">Called before each batch.</param>
    /// <param name="makeScorer">For an error that carries the best weights so far.</param>
    /// <returns>The weights of the best epoch, and all epochs.</returns>
    /// <exception cref="DiscriminatorTrainingException">The loss stopped being a number.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public (StateDictionary Best, IReadOnlyList<EpochResult> History) Train(
        Action<EpochResult>? onEpoch, IProgress<TrainingProgress>? progress, Action throwIfCancelled, ScorerMaker makeScorer)
    {
        using var scope = NewDisposeScope();
        try
        {
            while (_state.Epoch <= _options.Epochs && !IsOver())
            {
                var epoch = TrainEpoch(progress, throwIfCancelled, makeScorer);
                LogInfo($"{epoch}");
                if (_distributed.IsMainProcess)
                    onEpoch?.Invoke(epoch);
                Advance(epoch);
            }
        }
        catch (OperationCanceledException) when (_distributed.IsSingleProcess)
        {
            _checkpoints?.Save(CaptureState(_metrics));
            throw;
        }
        // These come at once in all processes.
        catch (Exception error) when (!_distributed.IsSingleProcess && error is not (DiscriminatorTrainingException or OperationCanceledException))
        {
            _distributed.Abort(error);
            throw;
        }

        return (new StateDictionary(_network.Config, _state.Best), _state.History);
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
        if (_data.Validation.Rows == 0 || !(EpochsSinceBest >= _options.Patience))
            return false;
        LogInfo($"Stopped: no {(_options.MonitorMetric == MonitorMetric.Loss ? "lower loss" : "higher AUC")} in {EpochsSinceBest} epochs (Patience).");
        return true;
    }

    private EpochResult TrainEpoch(IProgress<TrainingProgress>? progress, Action throwIfCancelled, ScorerMaker makeScorer)
    {
        _watch.Restart();
        _progress.Begin();
        var isFirst = _state is { Epoch: 1, Batches: 0 };
        foreach (var batch in _batches.Enumerate(_state.Epoch, _state.Batches, _device.Device))
        {
            _signals.Send(batch, _batches.FirstRow(_state.Batches), _checkpoints?.IsDue(_learner.Steps + 1) == true, throwIfCancelled);
            if (double.IsNaN(_learner.Step([.. batch.MicroBatches.Select(piece => piece.Input)], out var logits)))
                SkipOrThrow(batch.Rows, makeScorer);
            else
                AddMetrics(batch, logits);
            _state = _state with { Batches = _state.Batches + 1 };
            _signals.Receive(_checkpoints?.IsDue(_learner.Steps) == true);
            _progress.Add(_signals.Workload);
            ReportProgress(progress);
            if (_signals.IsCheckpointDue || _signals.IsCancelled)
                Save();
            _signals.ThrowIfCancelled();
        }

        _watch.Stop();
        if (_options.BucketByLength && isFirst)
            LogPaddingSaved();
        _distributed.BroadcastState(_learner);
        var seconds = _distributed.BroadcastFromMain(() => _state.Seconds + _watch.Elapsed.TotalSeconds);
        var training = _distributed.MergeMetrics(_metrics).GetMetrics();
        var validation = _data.Validation.Rows == 0 ? null : _validation.Evaluate(_state.Epoch, throwIfCancelled);
        var epoch = new EpochResult(_state.Epoch, _options.Epochs, training, validation, _data.Training.Rows / seconds, IsBest: false);
        if (!double.IsFinite(epoch.MonitoredLoss))
            throw _host.Process(CreateException(null, makeScorer));
        return epoch with { IsBest = epoch.Monitored(_options.MonitorMetric) > BestMonitoredValue };
    }

    private void LogPaddingSaved() => LogInfo(string.Create(
        CultureInfo.InvariantCulture,
        $"Rows of similar length share a batch (BucketByLength): {100 * _progress.Padding:F0}% padding in place of {100 * _data.Padding.Fraction:F0}%."));

    private void ReportProgress(IProgress<TrainingProgress>? progress)
    {
        if (_progress.TryCreateReport(_state, _options.Epochs, _batches.Count, _metrics.Loss, _learner) is not { } told)
            return;
        LogInfo($"{told}");
        if (_distributed.IsMainProcess)
            progress?.Report(told);
    }

    private void Advance(EpochResult epoch)
    {
        _state = _state with
        {
            Epoch = _state.Epoch + 1,
            Batches = 0,
            Seconds = 0,
            History = [.. _state.History, epoch],
            Best = epoch.IsBest ? StateDictionary.FromNetwork(_network).Values : _state.Best,
        };
        _metrics = new BinaryMetricsAccumulator();
        _watch.Reset();
        Save();
    }

    // All processes take part: each has judged its rows.
    private void Save()
    {
        if (!_writesCheckpoints)
            return;
        var judged = _distributed.MergeMetrics(_metrics);
        _checkpoints?.Save(CaptureState(judged));
    }

    private TrainingState CaptureState(BinaryMetricsAccumulator judged) =>
        _state with { Seconds = _state.Seconds + _watch.Elapsed.TotalSeconds, Judged = judged.State, Learner = _learner.GetState() };

    private void LogInfo(string text)
    {
        if (_distributed.IsMainProcess)
            _channel.Info(MessageSensitivity.None, text);
    }

    private void SkipOrThrow(SequenceRow[] rows, ScorerMaker makeScorer)
    {
        var failure = CreateException(rows, makeScorer);
        if (_state.Skipped >= _options.MaxNonFiniteSteps)
            throw _host.Process(failure);
        failure.Best?.Dispose();
        _state = _state with { Skipped = _state.Skipped + 1 };
        if (!_distributed.IsMainProcess)
            return;
        _channel.Warning(
            MessageSensitivity.None,
            $"Skipped a step, {_state.Skipped} of at most {_options.MaxNonFiniteSteps} (MaxNonFiniteSteps): {failure.Message}");
    }

    private DiscriminatorTrainingException CreateException(SequenceRow[]? rows, ScorerMaker makeScorer)
    {
        var best = _state.Best.Count == 0 ? null : makeScorer(new StateDictionary(_network.Config, _state.Best), _state.History);
        return DiscriminatorTrainingException.Create(
            _state, _batches.Count, rows is null ? null : [.. _distributed.AllGather(rows.Select(row => row.Number).ToArray()).SelectMany(some => some)], rows is null ? null : _learner.LargestGradient(), _checkpoints?.Last, best);
    }

    private void AddMetrics(StepBatch batch, float[][] logits)
    {
        for (var i = 0; i < logits.Length; i++)
            _metrics.Add(batch.MicroBatches[i].Rows, logits[i], _data.LabelsTokens, _data.LossByToken);
    }
}
