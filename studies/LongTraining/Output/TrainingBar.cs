using System.Globalization;
using Spectre.Console;

namespace MlNetNtd.Examples.LongTraining;

/// <summary>A progress bar of a whole training, fed by what the trainer says within epochs; lines where the output is redirected.</summary>
internal sealed class TrainingBar : IProgress<TrainingProgress>
{
    private readonly Screen _screen;
    private ProgressTask? _bar;

    public TrainingBar(Screen screen) => _screen = screen;

    /// <summary>Works behind the bar.</summary>
    /// <param name="train">The work, on the calling thread, where the trainer reports too.</param>
    public T Run<T>(Func<T> train)
    {
        if (_screen.IsPlain)
            return train();
        T result = default!;
        _screen.Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .Start(context =>
            {
                _bar = context.AddTask("Reading and counting the rows", maxValue: 1);
                result = train();
            });
        _bar = null;
        return result;
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (_bar is null)
        {
            _screen.Line($"  {value}");
            return;
        }

        _bar.MaxValue = (double)value.Epochs * value.Batches;
        _bar.Value = (double)(value.Epoch - 1) * value.Batches + value.Batch;
        _bar.Description = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {value.Epoch} of {value.Epochs}, loss {value.Loss:F3}, {value.RowsPerSecond:N0} rows/s, {Written(value.TimeLeft)} left");
    }

    private static string Written(TimeSpan time) => time.ToString(time < TimeSpan.FromDays(1) ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
}
