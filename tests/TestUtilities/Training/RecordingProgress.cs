namespace MlNetNtd.Tests;

/// <summary>Receives progress immediately, on the training thread; System.Progress posts it to another thread.</summary>
/// <param name="act">Done at each time that it is told.</param>
internal sealed class RecordingProgress(Action<TrainingProgress>? act = null) : IProgress<TrainingProgress>
{
    /// <summary>What was told, in order.</summary>
    public List<TrainingProgress> Told { get; } = [];

    public void Report(TrainingProgress value)
    {
        Told.Add(value);
        act?.Invoke(value);
    }
}
