namespace MlNetNtd.Benchmarks.Quality;

/// <summary>A way to tell real tokens from candidates.</summary>
internal interface IContender
{
    /// <summary>The name in tables and flags.</summary>
    string Name { get; }

    /// <summary>Says what is missing on this machine, with the package to install; null if nothing is.</summary>
    string? FindMissing() => null;

    /// <summary>Trains on a task's training rows and scores its test rows.</summary>
    ContenderScores Run(QualityTask task);
}

/// <summary>The scores of a contender.</summary>
/// <param name="Logits">The logit of each candidate of each test row.</param>
/// <param name="CpuSeconds">The processor time of training.</param>
/// <param name="Note">A remark for the log, such as the number of epochs.</param>
internal sealed record ContenderScores(float[][] Logits, double CpuSeconds, string Note = "");
