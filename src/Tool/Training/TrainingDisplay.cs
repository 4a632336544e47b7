using System.Collections.Immutable;
using System.Globalization;

namespace MlNetNtd.Tool;

/// <summary>Shows the progress of a training on a terminal: a line an epoch, and one that is written over between them.</summary>
/// <param name="console">The console.</param>
/// <param name="isDrawn">Whether anything is written.</param>
internal sealed class TrainingDisplay(ToolConsole console, bool isDrawn) : IProgress<TrainingProgress>, IDisposable
{
    // Returns to the beginning of the line and clears it.
    private const string Clear = "\r\u001b[2K";

    private readonly Lock _lock = new();
    private bool _hasPartialLine;

    /// <summary>Shows an epoch.</summary>
    public void Report(EpochResult epoch) => Write(epoch.ToString(), isPartial: false);

    /// <summary>Shows the progress within an epoch.</summary>
    public void Report(TrainingProgress value) => Write(
        string.Create(CultureInfo.InvariantCulture, $"Epoch {value.Epoch} of {value.Epochs}: batch {value.Batch} of {value.Batches}, loss {value.Loss:F4}, {value.RowsPerSecond:N0} rows/s"),
        isPartial: true);

    /// <summary>Shows the result.</summary>
    public void Finish(string model, ImmutableArray<EpochResult> history)
    {
        if (history.LastOrDefault(epoch => epoch.IsBest) is { } best)
            Write($"{model}: the weights of epoch {best.Epoch}, {best.Validation ?? best.Training}", isPartial: false);
    }

    public void Dispose()
    {
        if (_hasPartialLine)
            console.Error.Write(Clear);
    }

    private void Write(string line, bool isPartial)
    {
        if (!isDrawn)
            return;
        lock (_lock)
        {
            console.Error.Write(_hasPartialLine ? Clear + line : line);
            if (!isPartial)
                console.Error.WriteLine();
            _hasPartialLine = isPartial;
        }
    }
}
