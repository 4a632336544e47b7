using System.Diagnostics;

namespace MlNetNtd;

/// <summary>Counts what an epoch works through, and knows when it is time to tell of it.</summary>
/// <param name="interval">Seconds between two times; 0: never.</param>
internal sealed class ProgressReporter(double interval)
{
    private readonly Stopwatch _watch = new();
    private TimeSpan _told;
    private int _steps;
    private double _rows;
    private double _tokens;
    private double _padded;

    /// <summary>The share of the tokens worked on that were padding.</summary>
    public double Padding => 1 - _tokens / _padded;

    /// <summary>An epoch begins, or is taken up again.</summary>
    public void Begin()
    {
        (_steps, _rows, _tokens, _padded, _told) = (0, 0, 0, 0, TimeSpan.Zero);
        _watch.Restart();
    }

    /// <summary>A step is done.</summary>
    /// <param name="work">On how much.</param>
    public void Add((double Rows, double Tokens, double Padded) work)
    {
        _steps++;
        _rows += work.Rows;
        _tokens += work.Tokens;
        _padded += work.Padded;
    }

    /// <summary>What there is to tell, if it is time to.</summary>
    /// <param name="state">Where training is.</param>
    /// <param name="epochs">The most there will be.</param>
    /// <param name="batches">Of an epoch.</param>
    /// <param name="loss">So far.</param>
    /// <param name="learner">That did the last step.</param>
    public TrainingProgress? TryCreateReport(TrainingState state, int epochs, int batches, double loss, DiscriminatorLearner learner)
    {
        var elapsed = _watch.Elapsed;
        if (interval == 0 || (elapsed - _told).TotalSeconds < interval)
            return null;
        _told = elapsed;
        var left = (long)(epochs - state.Epoch) * batches + batches - state.Batches;
        return new TrainingProgress(
            state.Epoch, epochs, state.Batches, batches,
            _rows / elapsed.TotalSeconds, _tokens / elapsed.TotalSeconds, Padding, loss,
            learner.LearningRate, learner.GradientNorm, elapsed / _steps * left);
    }
}
