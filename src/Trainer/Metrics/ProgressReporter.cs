using System.Diagnostics;

namespace MlNetNtd;

/// <summary>Counts the work of an epoch and creates progress reports at an interval.</summary>
/// <param name="interval">The number of seconds between reports; 0: no reports.</param>
internal sealed class ProgressReporter(double interval)
{
    private readonly Stopwatch _watch = new();
    private TimeSpan _reported;
    private int _steps;
    private double _rows;
    private double _tokens;
    private double _paddedTokens;

    /// <summary>Gets the fraction of the processed tokens that were padding.</summary>
    public double Padding => 1 - _tokens / _paddedTokens;

    /// <summary>Resets the counts when an epoch starts or resumes.</summary>
    public void Begin()
    {
        (_steps, _rows, _tokens, _paddedTokens, _reported) = (0, 0, 0, 0, TimeSpan.Zero);
        _watch.Restart();
    }

    /// <summary>Adds a finished step.</summary>
    /// <param name="workload">The numbers of rows, of real tokens, and of tokens with padding.</param>
    public void Add((double Rows, double Tokens, double Padded) workload)
    {
        _steps++;
        _rows += workload.Rows;
        _tokens += workload.Tokens;
        _paddedTokens += workload.Padded;
    }

    /// <summary>Creates a report if the interval has elapsed.</summary>
    /// <param name="state">The state of the training.</param>
    /// <param name="epochs">The maximum number of epochs.</param>
    /// <param name="batches">The number of batches in an epoch.</param>
    /// <param name="loss">The mean loss of the epoch so far.</param>
    /// <param name="learner">The learner.</param>
    /// <returns>The report; null if none is due.</returns>
    public TrainingProgress? TryCreateReport(TrainingState state, int epochs, int batches, double loss, ILearner learner)
    {
        var elapsed = _watch.Elapsed;
        if (interval == 0 || (elapsed - _reported).TotalSeconds < interval)
            return null;
        _reported = elapsed;
        var remaining = (long)(epochs - state.Epoch) * batches + batches - state.Batches;
        return new TrainingProgress(
            state.Epoch, epochs, state.Batches, batches,
            _rows / elapsed.TotalSeconds, _tokens / elapsed.TotalSeconds, Padding, loss,
            learner.LearningRate, learner.GradientNorm, elapsed / _steps * remaining);
    }
}
