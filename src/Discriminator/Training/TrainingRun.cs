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
    private readonly Team _team;
    private readonly NetworkDevice _device;
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;
    private readonly EpochSteps _steps;
    private readonly ValidationPass _validation;
    private readonly Stopwatch _watch = new();
    private readonly ProgressMeter _meter;
    private readonly StepNews _news;

    private TrainingState _state = new();
    private ScoreTally _tally = new();
    private Checkpoints? _checkpoints;
    private bool _keepsCheckpoints;

    /// <param name="host">Where progress is logged and errors are marked.</param>
    /// <param name="options">How to train.</param>
    /// <param name="team">Who trains.</param>
    /// <param name="data">The rows.</param>
    /// <param name="first">The weights to begin with.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="dropoutSeed">Decides what dropout leaves out.</param>
    /// <param name="orderSeed">Decides the order of rows.</param>
    public TrainingRun(
        IHost host, NextTokenDiscriminatorTrainer.Options options, Team team, TrainingData data, NetworkWeights first, NetworkDevice device, int dropoutSeed, int orderSeed)
    {
        (_host, _options, _team, _data, _device) = (host, options, team, data, device);
        _channel = host.Start("Training");
        _steps = new EpochSteps(host, options, team, data, orderSeed);
        _network = SharedNetwork.Create(first, device.Device, training: true, dropoutSeed);
        var shared = team.Step(StepNews.Count);
        _learner = new DiscriminatorLearner(_network, DiscriminatorLearningOptions.Of(options, _steps.Count)) { Shared = shared };
        _validation = new ValidationPass(_network, device.Device, data, team, options.BatchSize);
        _news = new StepNews(shared);
        _meter = new ProgressMeter(options.ProgressSeconds);
        if (!team.IsAlone)
            Say($"{team}.");
        Say(
            $"Training on {device.Device}: {data.Training.Rows} rows, {data.Validation.Rows} for validation, "
            + $"{first.Count} weights, batches of {options.RowsPerStep} rows"
            + (data.IsKept ? "." : $"; {data.Training.Bytes >> 20:N0} MiB of rows are read again in each epoch (CacheBytes)."));
    }

    /// <summary>Makes a scorer of the best weights so far.</summary>
    public delegate NextTokenDiscriminatorScorer ScorerMaker(NetworkWeights weights, IEnumerable<DiscriminatorEpoch> history);

    // Epochs are compared by it.
    private double Highest => _state.History.Select(epoch => epoch.Monitored(_options.MonitorMetric)).DefaultIfEmpty(double.NegativeInfinity).Max();

    private int SinceBest => _state.History.Reverse().TakeWhile(epoch => !epoch.IsBest).Count();

    /// <summary>Goes on from the checkpoint that the options name, and keeps it up to date from now on: the first process does.</summary>
    /// <param name="identity">What it must belong to.</param>
    /// <param name="place">The checkpoint's file, which the first process holds; null: no checkpoints, or another process.</param>
    /// <exception cref="InvalidOperationException">It belongs to something else, or cannot be written.</exception>
    /// <exception cref="FormatException">It is damaged, or no checkpoint.</exception>
    public void Open(CheckpointIdentity identity, CheckpointLock? place)
    {
        var bounds = new TrainingStateBounds(_network.Shape, _options.Epochs, _steps.Count, _options.SkipNonFiniteSteps, _data.Validation.Rows > 0, _options.MonitorMetric);
        var state = _team.First(() =>
        {
            _checkpoints = Checkpoints.Open(_host, _channel, _options, identity, place);
            return _checkpoints?.Read(bounds);
        });
        if (state is not null)
        {
            _learner.SetState(state.Learner!);
            _state = state;
            if (_team.IsFirst)
                _tally.Add(state.Judged);
            Say($"Goes on from the checkpoint '{_options.CheckpointPath}': epoch {state.Epoch}, {state.Batches} of {_steps.Count} batches done.");
        }

        _keepsCheckpoints = _team.First(() =>
        {
            _checkpoints?.Begin(Now(_tally));
            return _checkpoints is not null;
        });
        _team.Share(_learner);
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
                Say($"{epoch}");
                if (_team.IsFirst)
                    onEpoch?.Invoke(epoch);
                Advance(epoch);
            }
        }
        catch (OperationCanceledException) when (_team.IsAlone)
        {
            _checkpoints?.Save(Now(_tally));
            throw;
        }
        // These come at once in all processes.
        catch (Exception error) when (!_team.IsAlone && error is not (DiscriminatorTrainingException or OperationCanceledException))
        {
            _team.Abort(error);
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
        Say($"Stopped: no {(_options.MonitorMetric == MonitorMetric.Loss ? "lower loss" : "higher AUC")} in {SinceBest} epochs (Patience).");
        return true;
    }

    private DiscriminatorEpoch TrainEpoch(IProgress<DiscriminatorProgress>? progress, Action throwIfCancelled, ScorerMaker makeScorer)
    {
        _watch.Restart();
        _meter.Begin();
        var isFirst = _state is { Epoch: 1, Batches: 0 };
        foreach (var batch in _steps.Of(_state.Epoch, _state.Batches, _device.Device))
        {
            _news.Before(batch, _steps.FirstRow(_state.Batches), _checkpoints?.IsDue(_learner.Steps + 1) == true, throwIfCancelled);
            if (double.IsNaN(_learner.Step([.. batch.Pieces.Select(piece => piece.Input)], out var logits)))
                SkipOrThrow(batch.Rows, makeScorer);
            else
                Count(batch, logits);
            _state = _state with { Batches = _state.Batches + 1 };
            _news.After(_checkpoints?.IsDue(_learner.Steps) == true);
            _meter.Add(_news.Work);
            Tell(progress);
            if (_news.IsCheckpointDue || _news.IsCancelled)
                Save();
            _news.ThrowIfCancelled();
        }

        _watch.Stop();
        if (_options.BucketByLength && isFirst)
            TellSaved();
        _team.Share(_learner);
        var seconds = _team.First(() => _state.Seconds + _watch.Elapsed.TotalSeconds);
        var training = _team.Together(_tally).Sum();
        var validation = _data.Validation.Rows == 0 ? null : _validation.Judge(_state.Epoch, throwIfCancelled);
        var epoch = new DiscriminatorEpoch(_state.Epoch, _options.Epochs, training, validation, _data.Training.Rows / seconds, IsBest: false);
        if (!double.IsFinite(epoch.DecidingLoss))
            throw _host.Process(Failure(null, makeScorer));
        return epoch with { IsBest = epoch.Monitored(_options.MonitorMetric) > Highest };
    }

    private void TellSaved() => Say(string.Create(
        CultureInfo.InvariantCulture,
        $"Rows of similar length share a batch (BucketByLength): {100 * _meter.Padding:F0}% padding in place of {100 * _data.Padding.Share:F0}%."));

    private void Tell(IProgress<DiscriminatorProgress>? progress)
    {
        if (_meter.Tell(_state, _options.Epochs, _steps.Count, _tally.Loss, _learner) is not { } told)
            return;
        Say($"{told}");
        if (_team.IsFirst)
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
        Save();
    }

    // All processes take part: each has judged its rows.
    private void Save()
    {
        if (!_keepsCheckpoints)
            return;
        var judged = _team.Together(_tally);
        _checkpoints?.Save(Now(judged));
    }

    private TrainingState Now(ScoreTally judged) =>
        _state with { Seconds = _state.Seconds + _watch.Elapsed.TotalSeconds, Judged = judged.State, Learner = _learner.GetState() };

    private void Say(string text)
    {
        if (_team.IsFirst)
            _channel.Info(MessageSensitivity.None, text);
    }

    private void SkipOrThrow(SequenceRow[] rows, ScorerMaker makeScorer)
    {
        var failure = Failure(rows, makeScorer);
        if (_state.Skipped >= _options.SkipNonFiniteSteps)
            throw _host.Process(failure);
        failure.Best?.Dispose();
        _state = _state with { Skipped = _state.Skipped + 1 };
        if (!_team.IsFirst)
            return;
        _channel.Warning(
            MessageSensitivity.None,
            $"Skipped a step, {_state.Skipped} of at most {_options.SkipNonFiniteSteps} (SkipNonFiniteSteps): {failure.Message}");
    }

    private DiscriminatorTrainingException Failure(SequenceRow[]? rows, ScorerMaker makeScorer)
    {
        var best = _state.Best.Count == 0 ? null : makeScorer(new NetworkWeights(_network.Shape, _state.Best), _state.History);
        return DiscriminatorTrainingException.Of(
            _state, _steps.Count, rows is null ? null : [.. _team.Gather(rows.Select(row => row.Number).ToArray()).SelectMany(some => some)], rows is null ? null : _learner.LargestGradient(), _checkpoints?.Last, best);
    }

    private void Count(TrainingBatch batch, float[][] logits)
    {
        for (var i = 0; i < logits.Length; i++)
            _tally.Add(batch.Pieces[i].Rows, logits[i], _data.LabelsTokens, _data.LossByToken);
    }
}
