namespace MlNetNtd.Tests;

/// <summary>Listens to a training at once, on the thread that trains; System.Progress listens later.</summary>
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
