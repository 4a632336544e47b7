using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Runs the epochs of one training, from the beginning or from a checkpoint.</summary>
internal sealed class TrainingLoop : IDisposable
{
    // An AUC of no more standard errors above one half may be chance.
    private const int ChanceDeviations = 2;

    private readonly IHost _host;
    private readonly IChannel _channel;
    private readonly NextTokenDiscriminatorTrainer.Options _options;
    private readonly TrainingDataset _data;
    private readonly DistributedContext _distributed;
    private readonly DiscriminatorConfig _config;
    private readonly int _epochs;
    private readonly ITrainingEngine _engine;
    private readonly EpochBatches _batches;
    private readonly Validator _validation;
    private readonly Stopwatch _watch = new();
    private readonly ProgressReporter _progress;
    private readonly StepSignals _signals;

    private TrainingState _state = new();
    private BinaryMetricsAccumulator _metrics = new();
    private CheckpointManager? _checkpoints;
    private bool _writesCheckpoints;

    /// <summary>Initializes the engine and the log.</summary>
    /// <param name="host">Logs progress and marks errors.</param>
    /// <param name="options">The options, with null for everything unset.</param>
    /// <param name="distributed">The processes of the training.</param>
    /// <param name="data">The rows.</param>
    /// <param name="initialWeights">The initial weights.</param>
    /// <param name="engine">What computes the training.</param>
    /// <param name="dropoutSeed">The seed of dropout.</param>
    /// <param name="orderSeed">The seed of the order of rows.</param>
    public TrainingLoop(
        IHost host, NextTokenDiscriminatorTrainer.Options options, DistributedContext distributed, TrainingDataset data,
        StateDictionary initialWeights, TrainingEngine engine, int dropoutSeed, int orderSeed)
    {
        (_host, _options, _distributed, _data, _config) = (host, options, distributed, data, initialWeights.Config);
        _epochs = options.GetEpochs(data.Steps);
        _channel = host.Start("Training");
        _batches = new EpochBatches(host, options, distributed, data, orderSeed);
        var gradients = distributed.CreateGradientAllReduce(StepSignals.Count);
        _engine = engine.Create(
            host, initialWeights, new TrainingEngineSettings(options.ToLearnerOptions(_batches.Count, data.CandidatesPerToken), dropoutSeed, options.BatchSize, data.Loss, gradients));
        _validation = new Validator(_engine, data, distributed, options.BatchSize);
        _signals = new StepSignals(gradients);
        _progress = new ProgressReporter(options.ProgressSeconds);
        if (!distributed.IsSingleProcess)
            LogInfo($"{distributed}.");
        LogInfo(
            $"Training on {engine}: {data.Training.Rows} rows, {data.Validation.Rows} for validation, "
            + $"{initialWeights.Count} weights, batches of {options.RowsPerStep} rows"
            + (data.IsCached ? "." : $"; {data.Training.Bytes >> 20:N0} MiB of rows are read again in each epoch (MaxCacheBytes)."));
    }

    /// <summary>Creates a scorer from the best weights so far.</summary>
    public delegate NextTokenDiscriminatorScorer CreateScorer(StateDictionary weights, IEnumerable<EpochResult> history);

    private ILearner Learner => _engine.Learner;

    private double BestMonitoredValue => _state.History.Select(epoch => epoch.Monitored(_options.MonitorMetric)).DefaultIfEmpty(double.NegativeInfinity).Max();

    private int EpochsSinceBest => _state.History.Reverse().TakeWhile(epoch => !epoch.IsBest).Count();

    /// <summary>Restores the checkpoint that the options name, if there is one. From now on the main process keeps it up to date.</summary>
    /// <param name="fingerprint">The fingerprint of this training.</param>
    /// <param name="fileLock">The lock on the checkpoint's file, held by the main process; null: no checkpoints, or another process.</param>
    /// <exception cref="InvalidOperationException">The checkpoint belongs to another training, or cannot be written.</exception>
    /// <exception cref="FormatException">The file is damaged, or is not a checkpoint.</exception>
    public void RestoreCheckpoint(CheckpointFingerprint fingerprint, CheckpointLock? fileLock)
    {
        var validator = new TrainingStateValidator(
            _config, _epochs, _batches.Count, _options.MaxNonFiniteSteps, _data.Validation.Rows > 0, _options.MonitorMetric);
        var state = _distributed.BroadcastFromMain(() =>
        {
            _checkpoints = CheckpointManager.Open(_host, _channel, _options, fingerprint, fileLock);
            return _checkpoints?.Read(validator);
        });
        if (state is not null)
        {
            Learner.SetState(state.Learner!);
            _state = state;
            if (_distributed.IsMainProcess)
                _metrics.Add(state.Metrics);
            LogInfo($"Goes on from the checkpoint '{_options.CheckpointPath}': epoch {state.Epoch}, {state.Batches} of {_batches.Count} batches done.");
        }

        _writesCheckpoints = _distributed.BroadcastFromMain(() =>
        {
            _checkpoints?.WriteInitial(CaptureState(_metrics));
            return _checkpoints is not null;
        });
        _distributed.BroadcastState(Learner);
    }

    /// <summary>Trains to the last epoch, or until early stopping.</summary>
    /// <param name="onEpoch">Called after each epoch in the main process; may be null.</param>
    /// <param name="progress">Receives progress within epochs in the main process; may be null.</param>
    /// <param name="throwIfCancelled">Called before each batch.</param>
    /// <param name="createScorer">Creates the scorer that an error carries.</param>
    /// <returns>The weights of the best epoch, and the results of all epochs.</returns>
    /// <exception cref="DiscriminatorTrainingException">The loss is no longer a finite number.</exception>
    /// <exception cref="OperationCanceledException">Training was canceled.</exception>
    public (StateDictionary Best, IReadOnlyList<EpochResult> History) Train(
        Action<EpochResult>? onEpoch, IProgress<TrainingProgress>? progress, Action throwIfCancelled, CreateScorer createScorer)
    {
        try
        {
            while (_state.Epoch <= _epochs && !StopsEarly())
            {
                var epoch = TrainEpoch(progress, throwIfCancelled, createScorer);
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
        // The two excluded exceptions occur in all processes at once, so nobody waits.
        catch (Exception error) when (!_distributed.IsSingleProcess && error is not (DiscriminatorTrainingException or OperationCanceledException))
        {
            _distributed.Abort(error);
            throw;
        }

        WarnOfChance();
        return (GetBest(), _state.History);
    }

    public void Dispose()
    {
        _checkpoints?.Dispose();
        _engine.Dispose();
        _channel.Dispose();
    }

    private StateDictionary GetBest() =>
        new(_config, _state.Best) { Temperature = _state.History.Last(epoch => epoch.IsBest).Validation?.Temperature ?? 1 };

    // A training that learned nothing ends like any other, and its scores look like scores.
    private void WarnOfChance()
    {
        if (!_distributed.IsMainProcess || !_options.WarnsOfChance || _state.History.MaxBy(epoch => epoch.Validation?.AreaUnderRocCurve) is not { Validation: { } best } highest)
            return;
        var chance = 0.5 + ChanceDeviations * best.ChanceDeviation;
        // So few validation rows that no AUC could tell are no reason to warn.
        if (!(best.AreaUnderRocCurve <= chance && chance < 1))
            return;
        _channel.Warning(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"The validation rows show nothing learned: expected an AUC above {chance:F3}, {ChanceDeviations} standard errors above chance, found {best.AreaUnderRocCurve:F3} at best, in epoch {highest.Epoch} of {_state.History.Count}. "
            + $"Try more rows, more Epochs, another LearningRate; check that labels and candidates are in the same rows, and that candidates can be told from real tokens by the tokens before them."));
    }

    private bool StopsEarly()
    {
        if (_options.Patience is not { } patience || _data.Validation.Rows == 0 || EpochsSinceBest < patience)
            return false;
        LogInfo($"Stopped: no {_options.MonitorMetric switch { MonitorMetric.AreaUnderRocCurve => "higher AUC", MonitorMetric.CalibratedLoss => "lower calibrated loss", _ => "lower loss" }} in {EpochsSinceBest} epochs (Patience).");
        return true;
    }

    private EpochResult TrainEpoch(IProgress<TrainingProgress>? progress, Action throwIfCancelled, CreateScorer createScorer)
    {
        _watch.Restart();
        _progress.Begin();
        var isFirst = _state is { Epoch: 1, Batches: 0 };
        foreach (var batch in _batches.Enumerate(_state.Epoch, _state.Batches, _engine.Pack))
        {
            _signals.Send(batch, _batches.FirstRow(_state.Batches), _checkpoints?.IsDue(Learner.Steps + 1) == true, throwIfCancelled);
            if (double.IsNaN(_engine.Step(batch)))
                SkipOrThrow(batch.Rows, createScorer);
            else
                AddMetrics(batch.Rows);
            _state = _state with { Batches = _state.Batches + 1 };
            _signals.Receive(_checkpoints?.IsDue(Learner.Steps) == true);
            _progress.Add(_signals.Workload);
            ReportProgress(progress);
            if (_signals.IsCheckpointDue || _signals.IsCancelled)
                Save();
            _signals.ThrowIfCancelled();
        }

        _watch.Stop();
        if (_options.BucketByLength && isFirst)
            LogPaddingSaved();
        _distributed.BroadcastState(Learner);
        var seconds = _distributed.BroadcastFromMain(() => _state.Seconds + _watch.Elapsed.TotalSeconds);
        var training = _distributed.MergeMetrics(_metrics).GetMetrics();
        var validation = _data.Validation.Rows == 0 ? null : _validation.Evaluate(_state.Epoch, throwIfCancelled);
        var epoch = new EpochResult(_state.Epoch, _epochs, training, validation, _data.Training.Rows / seconds, IsBest: false);
        if (!double.IsFinite(epoch.MonitoredLoss))
            throw _host.Process(CreateException(null, createScorer));
        return epoch with { IsBest = epoch.Monitored(_options.MonitorMetric) > BestMonitoredValue };
    }

    private void LogPaddingSaved() => LogInfo(string.Create(
        CultureInfo.InvariantCulture,
        $"Rows of similar length share a batch (BucketByLength): {100 * _progress.Padding:F0}% padding in place of {100 * _data.Padding.Fraction:F0}%."));

    private void ReportProgress(IProgress<TrainingProgress>? progress)
    {
        if (_progress.TryCreateReport(_state, _epochs, _batches.Count, _metrics.Loss, Learner) is not { } report)
            return;
        LogInfo($"{report}");
        if (_distributed.IsMainProcess)
            progress?.Report(report);
    }

    private void Advance(EpochResult epoch)
    {
        _state = _state with
        {
            Epoch = _state.Epoch + 1,
            Batches = 0,
            Seconds = 0,
            History = [.. _state.History, epoch],
            Best = epoch.IsBest ? _engine.CopyWeights().Values : _state.Best,
        };
        _metrics = new BinaryMetricsAccumulator();
        _watch.Reset();
        Save();
    }

    // All processes take part, because each has the metrics of its own rows.
    private void Save()
    {
        if (!_writesCheckpoints)
            return;
        var metrics = _distributed.MergeMetrics(_metrics);
        _checkpoints?.Save(CaptureState(metrics));
    }

    private TrainingState CaptureState(BinaryMetricsAccumulator metrics) =>
        _state with { Seconds = _state.Seconds + _watch.Elapsed.TotalSeconds, Metrics = metrics.State, Learner = Learner.GetState() };

    private void LogInfo(string text)
    {
        if (_distributed.IsMainProcess)
            _channel.Info(MessageSensitivity.None, text);
    }

    private void SkipOrThrow(SequenceRow[] rows, CreateScorer createScorer)
    {
        var error = CreateException(rows, createScorer);
        if (_state.Skipped >= _options.MaxNonFiniteSteps)
            throw _host.Process(error);
        error.Best?.Dispose();
        _state = _state with { Skipped = _state.Skipped + 1 };
        if (!_distributed.IsMainProcess)
            return;
        _channel.Warning(
            MessageSensitivity.None,
            $"Skipped a step, {_state.Skipped} of at most {_options.MaxNonFiniteSteps} (MaxNonFiniteSteps): {error.Message}");
    }

    private DiscriminatorTrainingException CreateException(SequenceRow[]? rows, CreateScorer createScorer)
    {
        var best = _state.Best.Count == 0 ? null : createScorer(GetBest(), _state.History);
        if (rows is null)
            return DiscriminatorTrainingException.Create(_state, _batches.Count, rows: null, gradient: null, _checkpoints?.Last, best);
        long[] numbers = [.. _distributed.AllGather(rows.Select(row => row.Number).ToArray()).SelectMany(ofProcess => ofProcess)];
        return DiscriminatorTrainingException.Create(_state, _batches.Count, numbers, Learner.LargestGradient(), _checkpoints?.Last, best);
    }

    private void AddMetrics(SequenceRow[] rows)
    {
        for (var i = 0; i < rows.Length; i++)
            _metrics.Add(rows[i], RowScores.FromLogits(_engine.GetLogits(i)), _data.LabelsTokens, _data.Loss);
    }
}
