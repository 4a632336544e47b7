using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>How the two sides of an <see cref="AdversarialTrainer"/> stand, over about the last 50 steps of each.</summary>
/// <remarks>
/// NaN before the first step that would tell. A step whose loss or gradient is not finite changes none of it: such steps are
/// counted in <see cref="NonFiniteSteps"/>.
/// </remarks>
public sealed class AdversarialDiagnostics
{
    /// <summary>Steps before <see cref="Warning"/> says anything.</summary>
    public const int WindowSteps = 50;

    private const double SureAuc = 0.98;
    private const double GuessingAuc = 0.52;
    private const double CollapsedSpread = 0.2;

    private readonly RunningMean _discriminatorLoss = new();
    private readonly RunningMean _generatorLoss = new();
    private readonly RunningMean _penalty = new();
    private readonly RunningMean _auc = new();
    private readonly RunningMean _trueScore = new();
    private readonly RunningMean _falseScore = new();
    private RunningMean[] _trueVariance = [];
    private RunningMean[] _falseVariance = [];
    private int _stepsUntilFinite;

    internal AdversarialDiagnostics()
    {
    }

    /// <summary>The discriminator's steps so far, without those in <see cref="NonFiniteSteps"/>.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// The discriminator's steps so far whose loss or gradient was not finite: the weights stayed as they were. More than a few
    /// say that candidates or embeddings are not finite, or so large that the network overflows.
    /// </summary>
    public long NonFiniteSteps { get; private set; }

    /// <summary>The discriminator's loss, without the penalty; ln 2 = 0.693 where it tells nothing apart.</summary>
    public double DiscriminatorLoss => _discriminatorLoss.Value;

    /// <summary>The generator's loss; ln 2 where the discriminator is undecided, the more the surer it is.</summary>
    public double GeneratorLoss => _generatorLoss.Value;

    /// <summary>The squared length of the gradient that is penalised, not yet weighted; 0 where none is.</summary>
    public double Penalty => _penalty.Value;

    /// <summary>
    /// The chance that a true token of a batch is scored above a false one, before the step that learns from them. 1: the
    /// discriminator is never wrong; 0.5: it guesses.
    /// </summary>
    public double AreaUnderRocCurve => _auc.Value;

    /// <summary>The best <see cref="AreaUnderRocCurve"/> that there was after <see cref="WindowSteps"/> steps.</summary>
    public double BestAreaUnderRocCurve { get; private set; } = double.NaN;

    /// <summary>The mean logit of true tokens.</summary>
    public double RealScore => _trueScore.Value;

    /// <summary>The mean logit of false tokens.</summary>
    public double GeneratedScore => _falseScore.Value;

    /// <summary>
    /// How far false candidates of one time differ from row to row, by how far true ones do: the least ratio of standard
    /// deviations over the dimensions. About 1 where they are alike, near 0 where the generator says one thing whatever it
    /// is asked. Batches of one row say nothing of it.
    /// </summary>
    public double DiversityRatio
    {
        get
        {
            var ratios = _trueVariance.Zip(_falseVariance)
                .Where(pair => pair.First.Value > 0)
                .Select(pair => Math.Sqrt(pair.Second.Value / pair.First.Value));
            return ratios.DefaultIfEmpty(double.NaN).Min();
        }
    }

    /// <summary>The symptom that the last steps show; docs/gan-training.md has a remedy for each.</summary>
    public AdversarialWarning Warning => _stepsUntilFinite > 0 ? AdversarialWarning.NonFinite
        : Steps < WindowSteps ? AdversarialWarning.None
        : AreaUnderRocCurve > SureAuc ? AdversarialWarning.DiscriminatorWins
        : BestAreaUnderRocCurve < GuessingAuc ? AdversarialWarning.NothingLearned
        : DiversityRatio < CollapsedSpread ? AdversarialWarning.Collapse
        : AdversarialWarning.None;

    internal void AddDiscriminator(double loss, double penalty, ReadOnlySpan<float> trueScores, ReadOnlySpan<float> falseScores)
    {
        Steps++;
        _stepsUntilFinite = Math.Max(0, _stepsUntilFinite - 1);
        var tally = new BinaryMetricsAccumulator();
        var (trueSum, falseSum) = (0.0, 0.0);
        foreach (var score in trueScores)
        {
            tally.Add(score, true);
            trueSum += score;
        }

        foreach (var score in falseScores)
        {
            tally.Add(score, false);
            falseSum += score;
        }

        _discriminatorLoss.Add(loss);
        _penalty.Add(penalty);
        _auc.Add(tally.GetMetrics().AreaUnderRocCurve);
        _trueScore.Add(trueSum / trueScores.Length);
        _falseScore.Add(falseSum / falseScores.Length);
        if (Steps >= WindowSteps)
            BestAreaUnderRocCurve = double.IsNaN(BestAreaUnderRocCurve) ? AreaUnderRocCurve : Math.Max(BestAreaUnderRocCurve, AreaUnderRocCurve);
    }

    internal void AddNonFinite()
    {
        NonFiniteSteps++;
        _stepsUntilFinite = WindowSteps;
    }

    internal void AddGenerator(double loss) => _generatorLoss.Add(loss);

    internal void AddSpread(Tensor trueCandidates, Tensor falseCandidates)
    {
        if (trueCandidates.shape[0] < 2 || falseCandidates.shape[0] < 2)
            return;
        Add(ref _trueVariance, trueCandidates);
        Add(ref _falseVariance, falseCandidates);
    }

    // (B, T, C): the variance over rows, averaged over times.
    private static void Add(ref RunningMean[] variances, Tensor candidates)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // In half precision squares overflow, or vanish.
        candidates = candidates.to(ScalarType.Float32);
        var centred = candidates.sub(candidates.mean([0], keepdim: true));
        var found = centred.Square().mean([0, 1]).cpu().data<float>().ToArray();
        if (variances.Length == 0)
            variances = [.. found.Select(_ => new RunningMean())];
        for (var i = 0; i < found.Length; i++)
            variances[i].Add(found[i]);
    }

    // The mean of what there is to begin with, then one that forgets.
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
