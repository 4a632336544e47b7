using Microsoft.ML;

namespace MlNetNtd.Examples.Sweep;

/// <summary>
/// One trial on its way up the rungs. It trains behind a gate that lets as many train at a time as there are cores, and
/// waits at the rungs outside of it.
/// </summary>
internal sealed class TrialRun : IDisposable
{
    private readonly WordTask _task;
    private readonly Ladder _ladder;
    private readonly SemaphoreSlim _gate;
    private readonly Action<TrialRecord> _save;
    private readonly CancellationToken _stop;
    private readonly List<double> _losses = [];

    private readonly CancellationTokenSource _beaten = new();
    private TrialRecord _record;
    private int _passed;

    /// <param name="task">What it learns.</param>
    /// <param name="ladder">Where it is compared.</param>
    /// <param name="gate">Who may train.</param>
    /// <param name="record">How far it came in an earlier run, or not at all.</param>
    /// <param name="save">Told how far it is whenever it comes to a rung or to its end.</param>
    /// <param name="stop">Stops it.</param>
    public TrialRun(WordTask task, Ladder ladder, SemaphoreSlim gate, TrialRecord record, Action<TrialRecord> save, CancellationToken stop)
    {
        (_task, _ladder, _gate, _record, _save, _stop) = (task, ladder, gate, record, save, stop);
    }

    /// <summary>Goes up the rungs, to the top or until it is stopped.</summary>
    /// <returns>How far it came.</returns>
    /// <exception cref="OperationCanceledException">The sweep was stopped.</exception>
    public TrialRecord Run()
    {
        if (PassKnown() && !_record.IsOver)
            Train();
        return _record;
    }

    public void Dispose() => _beaten.Dispose();

    // What is known from an earlier run need not be trained again to be compared.
    private bool PassKnown()
    {
        while (_passed < _ladder.Rungs.Count && _record.Knows(_ladder.Rungs[_passed].Epoch))
        {
            if (!PassNext())
                return false;
        }

        return true;
    }

    private bool PassNext()
    {
        var rung = _ladder.Rungs[_passed++];
        return rung.Pass(_record.Trial, _record.LossAt(rung.Epoch), _stop);
    }

    private void Train()
    {
        _gate.Wait(_stop);
        try
        {
            var mlContext = new MLContext(0);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop, _beaten.Token);
            var trainer = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(_record.Options, OnEpoch, cancellationToken: both.Token);
            using var model = trainer.Fit(_task.Stage(mlContext), _task.Training(mlContext), _task.Validation(mlContext));
            // Its patience may have ended it at the very rung where it was stopped.
            if (_beaten.IsCancellationRequested)
                return;
            Save(_record with { Losses = [.. _losses], Ended = true });
        }
        catch (OperationCanceledException) when (_beaten.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            return;
        }
        catch (DiscriminatorTrainingException e)
        {
            Save(_record with { Losses = [.. _losses], Failure = e.Message });
        }
        finally
        {
            _gate.Release();
        }

        PassKnown();
    }

    private void OnEpoch(EpochResult epoch)
    {
        _losses.Add(epoch.MonitoredLoss);
        if (_passed == _ladder.Rungs.Count || epoch.Epoch != _ladder.Rungs[_passed].Epoch)
            return;

        Save(_record with { Losses = [.. _losses] });
        _gate.Release();
        try
        {
            if (!PassNext())
                _beaten.Cancel();
        }
        finally
        {
            _gate.Wait(CancellationToken.None);
        }
    }

    private void Save(TrialRecord record)
    {
        _record = record;
        _save(record);
    }
}
