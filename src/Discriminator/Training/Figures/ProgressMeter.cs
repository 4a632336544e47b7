using System.Diagnostics;

namespace MlNetNtd;

/// <summary>Counts what an epoch works through, and knows when it is time to tell of it.</summary>
/// <param name="interval">Seconds between two times; 0: never.</param>
internal sealed class ProgressMeter(double interval)
{
    private readonly Stopwatch _watch = new();
    private TimeSpan _told;
    private int _steps;
    private long _rows;
    private long _tokens;
    private long _padded;

    /// <summary>The share of the tokens worked on that were padding.</summary>
    public double Padding => 1 - (double)_tokens / _padded;

    /// <summary>An epoch begins, or is taken up again.</summary>
    public void Begin()
    {
        (_steps, _rows, _tokens, _padded, _told) = (0, 0, 0, 0, TimeSpan.Zero);
        _watch.Restart();
    }

    /// <summary>A batch is done.</summary>
    public void Add(TrainingBatch batch)
    {
        _steps++;
        _rows += batch.Rows.Length;
        _tokens += batch.Rows.Sum(row => (long)row.Tokens);
        _padded += batch.Pieces.Sum(piece => piece.Input.Rows * piece.Input.Tokens);
    }

    /// <summary>What there is to tell, if it is time to.</summary>
    /// <param name="state">Where training is.</param>
    /// <param name="epochs">The most there will be.</param>
    /// <param name="batches">Of an epoch.</param>
    /// <param name="loss">So far.</param>
    /// <param name="learner">That did the last step.</param>
    public DiscriminatorProgress? Tell(TrainingState state, int epochs, int batches, double loss, DiscriminatorLearner learner)
    {
        var elapsed = _watch.Elapsed;
        if (interval == 0 || (elapsed - _told).TotalSeconds < interval)
            return null;
        _told = elapsed;
        var left = (long)(epochs - state.Epoch) * batches + batches - state.Batches;
        return new DiscriminatorProgress(
            state.Epoch, epochs, state.Batches, batches,
            _rows / elapsed.TotalSeconds, _tokens / elapsed.TotalSeconds, Padding, loss,
            learner.LearningRate, learner.GradientNorm, elapsed / _steps * left);
    }
}
