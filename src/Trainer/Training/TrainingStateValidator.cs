namespace MlNetNtd;

/// <summary>Validates the state of a training. It comes from a file, which anybody can have written, even with a valid checksum.</summary>
/// <param name="Config">The sizes of the network.</param>
/// <param name="Epochs">The maximum number of epochs.</param>
/// <param name="Batches">The number of batches in an epoch.</param>
/// <param name="Skips">The number of steps that may be skipped.</param>
/// <param name="Validates">Whether there are validation rows.</param>
/// <param name="Monitor">The metric that selects the best epoch.</param>
internal sealed record TrainingStateValidator(DiscriminatorConfig Config, int Epochs, int Batches, int Skips, bool Validates, MonitorMetric Monitor = MonitorMetric.Loss)
{
    /// <summary>Describes the first problem of a state; null if the state is valid.</summary>
    public string? FindProblem(TrainingState state) =>
        FindPositionProblem(state)
        ?? FindHistoryProblem(state)
        ?? FindBestProblem(state)
        ?? FindLearnerProblem(state)
        ?? state.Metrics.FindProblem()
        ?? (state is { Batches: 0, Metrics.Count: > 0 } ? $"expected nothing judged before the epoch's first batch, found {state.Metrics.Count} rows or tokens" : null);

    private string? FindPositionProblem(TrainingState state)
    {
        if (state.Epoch < 1 || state.Epoch - 1 > Epochs)
            return $"expected epoch 1 to {Epochs + 1L}, found {state.Epoch}";
        if (state.Batches < 0 || state.Batches > Batches)
            return $"expected 0 to {Batches} batches of the epoch done, found {state.Batches}";
        if (state.Epoch > Epochs && state.Batches > 0)
            return $"expected no batches after the last epoch, found {state.Batches}";
        if (!(state.Seconds >= 0 && double.IsFinite(state.Seconds)))
            return FormattableString.Invariant($"expected 0 seconds or more, found {state.Seconds}");
        return state.Skipped < 0 || state.Skipped > Skips ? $"expected 0 to {Skips} steps skipped, found {state.Skipped}" : null;
    }

    private string? FindHistoryProblem(TrainingState state)
    {
        if (state.History.Count != state.Epoch - 1)
            return $"expected a history of {state.Epoch - 1} epochs, found {state.History.Count}";
        var highest = double.NegativeInfinity;
        for (var i = 0; i < state.History.Count; i++)
        {
            if (FindEpochProblem(state.History[i], i + 1, highest) is { } problem)
                return $"the history's epoch {i + 1}: {problem}";
            highest = Math.Max(highest, state.History[i].Monitored(Monitor));
        }

        return null;
    }

    private string? FindEpochProblem(EpochResult? epoch, int number, double highest)
    {
        if (epoch is not { Training: not null })
            return "expected its figures, found none";
        if (epoch.Epoch != number || epoch.Epochs != Epochs)
            return $"expected epoch {number} of {Epochs}, found {epoch.Epoch} of {epoch.Epochs}";
        if (Validates != epoch.Validation is not null)
            return $"expected {(Validates ? "figures" : "no figures")} of validation rows, found {(Validates ? "none" : "some")}";
        if (!double.IsFinite(epoch.MonitoredLoss))
            return FormattableString.Invariant($"expected a finite loss, found {epoch.MonitoredLoss}");
        if (double.IsNaN(epoch.Monitored(Monitor)))
            return $"expected a {Monitor} to compare it by (MonitorMetric), found none";
        if (epoch.IsBest != epoch.Monitored(Monitor) > highest)
            return $"expected the best so far: {epoch.Monitored(Monitor) > highest}, found {epoch.IsBest}";
        if (!(epoch.RowsPerSecond >= 0))
            return FormattableString.Invariant($"expected 0 rows a second or more, found {epoch.RowsPerSecond}");
        return FindMetricsProblem(epoch.Training) ?? (epoch.Validation is null ? null : FindMetricsProblem(epoch.Validation));
    }

    // NaN is valid: a metric without rows, or an AUC of equal labels.
    private static string? FindMetricsProblem(DiscriminatorMetrics metrics)
    {
        if (metrics.Loss < 0 || double.IsInfinity(metrics.Loss))
            return FormattableString.Invariant($"expected a loss of 0 or more, found {metrics.Loss}");
        if (metrics.CalibratedLoss < 0 || double.IsInfinity(metrics.CalibratedLoss))
            return FormattableString.Invariant($"expected a calibrated loss of 0 or more, found {metrics.CalibratedLoss}");
        if (metrics.ChanceDeviation < 0 || double.IsInfinity(metrics.ChanceDeviation))
            return FormattableString.Invariant($"expected a deviation of chance of 0 or more, found {metrics.ChanceDeviation}");
        if (!CalibratedProbability.IsValid(metrics.Temperature))
            return FormattableString.Invariant($"expected a temperature from {CalibratedProbability.Bounds}, found {metrics.Temperature}");
        foreach (var (name, value) in new[] { ("accuracy", metrics.Accuracy), ("AUC", metrics.AreaUnderRocCurve), ("AucError", metrics.AreaUnderRocCurveError) })
        {
            // Rounding of a sum may exceed 1 slightly.
            if (value is < 0 or > 1 + 1e-6)
                return FormattableString.Invariant($"expected {name} from 0 to 1, found {value}");
        }

        return null;
    }

    private string? FindBestProblem(TrainingState state)
    {
        if (state.History.Count == 0)
            return state.Best.Count == 0 ? null : $"expected no best weights before the first epoch is over, found {state.Best.Count}";
        var best = new StateDictionary(Config, state.Best);
        return (best.FindMismatch() ?? best.FindProblem()) is { } problem ? $"the best weights: {problem}" : null;
    }

    private string? FindLearnerProblem(TrainingState state)
    {
        if (state.Learner is not { } learner)
            return "expected a learner's state, found none";
        return (LearnerStateValidator.FindProblem(learner, Config)
            ?? (learner.OptimizerSteps != learner.Steps ? $"expected {learner.Steps} steps of the optimizer, found {learner.OptimizerSteps}" : null)) is { } problem
            ? $"the learner: {problem}"
            : null;
    }
}
