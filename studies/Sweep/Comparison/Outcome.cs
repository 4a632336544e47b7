namespace MlNetNtd.Examples.Sweep;

/// <summary>The default options beside the best ones, on rows that no trial saw, seed by seed.</summary>
/// <param name="Default">The AUC of the default options by seed.</param>
/// <param name="Best">The AUC of the best ones, with the same seeds.</param>
internal sealed record Outcome(IReadOnlyList<double> Default, IReadOnlyList<double> Best)
{
    /// <summary>What the best options gain on average.</summary>
    public double Margin => Best.Average() - Default.Average();

    /// <summary>Whether they gain with every seed.</summary>
    public bool IsAlways => Best.Zip(Default).All(pair => pair.First > pair.Second);

    /// <summary>The finalist of the lowest mean validation loss; among equals the first.</summary>
    public static int Winner(IReadOnlyList<FinalRecord> finals, IReadOnlyList<int> finalists) =>
        finalists.MinBy(trial => finals.Where(final => final.Trial == trial).Average(final => final.Loss));

    public static Outcome Of(IReadOnlyList<FinalRecord> finals, int best)
    {
        return new(Of(TrialRecord.Default), Of(best));

        double[] Of(int trial) => [.. finals.Where(final => final.Trial == trial).OrderBy(final => final.Number).Select(final => final.Auc)];
    }
}
