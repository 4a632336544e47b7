using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Statistics of both sides of an <see cref="AdversarialTrainer"/>, over about the last 50 steps of each.</summary>
/// <remarks>
/// A statistic is NaN before the first step that contributes to it. A step whose loss or gradient is not finite contributes only to
/// <see cref="NonFiniteSteps"/>.
/// </remarks>
public sealed class AdversarialDiagnostics
{
    /// <summary>The number of steps before <see cref="Warning"/> reports anything, and the window of the statistics.</summary>
    public const int WindowSteps = 50;

    private const double WinningAuc = 0.98;
    private const double GuessingAuc = 0.52;
    private const double CollapsedDiversity = 0.2;

    private readonly RunningMean _discriminatorLoss = new();
    private readonly RunningMean _generatorLoss = new();
    private readonly RunningMean _penalty = new();
    private readonly RunningMean _auc = new();
    private readonly RunningMean _realScore = new();
    private readonly RunningMean _generatedScore = new();
    private RunningMean[] _realVariance = [];
    private RunningMean[] _generatedVariance = [];
    private int _stepsUntilFinite;

    internal AdversarialDiagnostics()
    {
    }

    /// <summary>Gets the number of the discriminator's steps, without those in <see cref="NonFiniteSteps"/>.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// Gets the number of the discriminator's steps whose loss or gradient was not finite. They leave the weights unchanged. More
    /// than a few mean that candidates or embeddings are not finite, or so large that the network overflows.
    /// </summary>
    public long NonFiniteSteps { get; private set; }

    /// <summary>Gets the discriminator's loss without the penalty; ln 2 = 0.693 if it cannot tell real from generated.</summary>
    public double DiscriminatorLoss => _discriminatorLoss.Value;

    /// <summary>
    /// Gets the generator's loss; ln 2 if the discriminator is undecided, larger the more certainly it rejects the candidates.
    /// </summary>
    public double GeneratorLoss => _generatorLoss.Value;

    /// <summary>Gets the squared norm of the penalized gradient, before weighting; 0 without a gradient penalty.</summary>
    public double Penalty => _penalty.Value;

    /// <summary>
    /// Gets the probability that a real token of a batch scores above a generated one, measured before the step that trains on the
    /// batch. 1 means that the discriminator is never wrong, 0.5 that it guesses.
    /// </summary>
    public double AreaUnderRocCurve => _auc.Value;

    /// <summary>Gets the highest <see cref="AreaUnderRocCurve"/> after the first <see cref="WindowSteps"/> steps.</summary>
    public double BestAreaUnderRocCurve { get; private set; } = double.NaN;

    /// <summary>Gets the mean logit of real tokens.</summary>
    public double RealScore => _realScore.Value;

    /// <summary>Gets the mean logit of generated tokens.</summary>
    public double GeneratedScore => _generatedScore.Value;

    /// <summary>
    /// Gets the diversity of generated candidates relative to real ones: the smallest ratio, over the dimensions, of the standard
    /// deviations across the rows at one time. About 1 if both vary alike, near 0 if the generator's output hardly depends on its
    /// input. Batches of one row do not contribute.
    /// </summary>
    public double DiversityRatio
    {
        get
        {
            var ratios = _realVariance.Zip(_generatedVariance)
                .Where(pair => pair.First.Value > 0)
                .Select(pair => Math.Sqrt(pair.Second.Value / pair.First.Value));
            return ratios.DefaultIfEmpty(double.NaN).Min();
        }
    }

    /// <summary>Gets the most urgent sign of failing training; docs/gan-training.md says what to do about each.</summary>
    public AdversarialWarning Warning => _stepsUntilFinite > 0 ? AdversarialWarning.NonFinite
        : Steps < WindowSteps ? AdversarialWarning.None
        : AreaUnderRocCurve > WinningAuc ? AdversarialWarning.DiscriminatorWins
        : BestAreaUnderRocCurve < GuessingAuc ? AdversarialWarning.NothingLearned
        : DiversityRatio < CollapsedDiversity ? AdversarialWarning.Collapse
        : AdversarialWarning.None;

    internal void AddDiscriminator(double loss, double penalty, ReadOnlySpan<float> realScores, ReadOnlySpan<float> generatedScores)
    {
        Steps++;
        _stepsUntilFinite = Math.Max(0, _stepsUntilFinite - 1);
        var metrics = new BinaryMetricsAccumulator();
        var (realSum, generatedSum) = (0.0, 0.0);
        foreach (var score in realScores)
        {
            metrics.Add(score, true);
            realSum += score;
        }

        foreach (var score in generatedScores)
        {
            metrics.Add(score, false);
            generatedSum += score;
        }

        _discriminatorLoss.Add(loss);
        _penalty.Add(penalty);
        _auc.Add(metrics.GetMetrics().AreaUnderRocCurve);
        _realScore.Add(realSum / realScores.Length);
        _generatedScore.Add(generatedSum / generatedScores.Length);
        if (Steps >= WindowSteps)
            BestAreaUnderRocCurve = double.IsNaN(BestAreaUnderRocCurve) ? AreaUnderRocCurve : Math.Max(BestAreaUnderRocCurve, AreaUnderRocCurve);
    }

    internal void AddNonFinite()
    {
        NonFiniteSteps++;
        _stepsUntilFinite = WindowSteps;
    }

    internal void AddGenerator(double loss) => _generatorLoss.Add(loss);

    internal void AddDiversity(Tensor realCandidates, Tensor generatedCandidates)
    {
        if (realCandidates.shape[0] < 2 || generatedCandidates.shape[0] < 2)
            return;
        Add(ref _realVariance, realCandidates);
        Add(ref _generatedVariance, generatedCandidates);
    }

    // Averages the variance over rows of (B, T, C) over the times.
    private static void Add(ref RunningMean[] variances, Tensor candidates)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // In half precision squares overflow or vanish.
        candidates = candidates.to(ScalarType.Float32);
        var centered = candidates.sub(candidates.mean([0], keepdim: true));
        var found = centered.Square().mean([0, 1]).cpu().data<float>().ToArray();
        if (variances.Length == 0)
            variances = [.. found.Select(_ => new RunningMean())];
        for (var i = 0; i < found.Length; i++)
            variances[i].Add(found[i]);
    }

    // A plain mean at first, then an exponential moving average.
    private sealed class RunningMean
    {
        private long _count;
        private double _value = double.NaN;

        public double Value => _value;

        public void Add(double value)
        {
            _count++;
            _value = _count == 1 ? value : _value + (value - _value) * Math.Max(1.0 / WindowSteps, 1.0 / _count);
        }
    }
}
