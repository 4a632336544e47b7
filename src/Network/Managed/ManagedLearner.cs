using System.Numerics.Tensors;

namespace MlNetNtd;

/// <summary>
/// Trains a discriminator network with AdamW in managed code, as <see cref="DiscriminatorLearner"/> does with TorchSharp: the same
/// network, losses, dropped values, optimizer and state, equal up to rounding.
/// </summary>
/// <remarks>
/// The rows of a step are divided into parts, whose number depends on the rows alone, and the parts' gradients are added up in order.
/// So the weights have the same bits on any number of threads of one kind of processor. A step allocates nothing once it has seen
/// steps of this size. No method loads native libtorch.
/// </remarks>
internal sealed unsafe class ManagedLearner : ILearner
{
    // The values of gradients whose squares are added up in single precision before they are in double precision.
    private const int NormBlock = 1024;

    // Positions that a pass computes at a time: enough to reuse weights in the caches, and few enough for its values to stay there.
    private const int MaxPositions = 512;

    // Weights that a thread updates at a time.
    private const int WeightsOfPart = 1 << 16;

    private readonly DiscriminatorLearnerOptions _options;
    private readonly TrainingWeights _weights;
    private readonly ManagedAdamW _optimizer;
    private readonly OrderedGradients _gradients;
    private readonly WorkerPool _workers;
    private readonly ObjectPool<GradientPass> _passes;
    private readonly SequencePartition _parts = new();
    private readonly double[] _losses = new double[SequencePartition.MaxParts];
    private readonly PartOfRows _partOfRows;
    private readonly PartOfWeights _partOfWeights;
    private ReadOnlyMemory<TrainingSequence> _rows;
    private StepSettings _step;
    private float[] _logits = [];
    private int[] _logitOffsets = [];
    private float _clip;

    /// <summary>Initializes the learner.</summary>
    /// <param name="weights">The initial weights, which are copied.</param>
    /// <param name="options">The options, which must be valid.</param>
    /// <param name="dropoutSeed">The seed of dropout.</param>
    /// <param name="threads">The maximum number of threads; null: <see cref="ThreadLimit.Get"/>.</param>
    /// <param name="width">The vector width; null: the widest that the processor has.</param>
    public ManagedLearner(StateDictionary weights, DiscriminatorLearnerOptions options, int dropoutSeed = 0, int? threads = null, VectorWidth? width = null)
    {
        _options = options;
        var widest = width ?? VectorWidths.Widest;
        _weights = new TrainingWeights(weights, widest.GetTileColumns());
        _optimizer = new ManagedAdamW(_weights.Layout.Length, options.WeightDecay, options.Beta1);
        _gradients = new OrderedGradients(_weights.Layout.Length);
        _workers = new WorkerPool(Math.Min(threads ?? ThreadLimit.Get(), SequencePartition.MaxParts));
        _passes = new ObjectPool<GradientPass>(() => GradientPass.Create(_weights, widest, dropoutSeed));
        (_partOfRows, _partOfWeights) = (new PartOfRows(this), new PartOfWeights(this));
    }

    /// <summary>Gets the network's configuration.</summary>
    public DiscriminatorConfig Config => _weights.Config;

    /// <summary>Gets the places of parameters in flat arrays.</summary>
    public ParameterLayout Layout => _weights.Layout;

    /// <summary>
    /// Gets the all-reduce that combines each step with those of other processes; null in a single process.
    /// </summary>
    public GradientAllReduce? AllReduce { get; init; }

    /// <summary>Gets the number of steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets the number of training passes so far, which decides what dropout drops next.</summary>
    public long Passes { get; private set; }

    /// <summary>Gets the learning rate of the next step.</summary>
    public double LearningRate => _options.GetLearningRate(Steps);

    /// <summary>Gets the norm of all gradients in the last step, before clipping; 0 before the first step.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>Gets the gradients of the last step, before clipping, in the layout of the weights.</summary>
    public ReadOnlySpan<float> Gradients => _gradients.Total.Span(Layout.Length);

    /// <summary>Gets the logits of a row of the last step, before the step: T * K values.</summary>
    public ReadOnlySpan<float> GetLogits(int row) => _logits.AsSpan(_logitOffsets[row], _options.CandidatesPerToken * _rows.Span[row].Tokens);

    /// <summary>Trains on the rows of a step. The loss is that of all rows together.</summary>
    /// <param name="rows">The rows; none if other processes have all. They are kept until the next step.</param>
    /// <param name="kind">What the loss compares, never Auto.</param>
    /// <returns>
    /// The loss before the step; NaN if the loss or a gradient is not finite, in which case weights and optimizer are unchanged.
    /// </returns>
    public double Step(ReadOnlyMemory<TrainingSequence> rows, LossKind kind)
    {
        _rows = rows;
        var count = PrepareRows(kind);
        // The mean divides by the count of all processes, which no process knows before the all-reduce.
        _step = new StepSettings(kind, _options.CandidatesPerToken, AllReduce is null ? count : 1, Passes++, AllReduce?.FirstRow ?? 0);
        var parts = rows.Length == 0 ? 0 : _parts.Count;
        _gradients.Begin(parts, _workers.Threads);
        _workers.Run(_partOfRows, parts);
        double loss = 0;
        for (var part = 0; part < parts; part++)
            loss += _losses[part];
        return Finish(AllReduce?.AverageGradients(_gradients.Total.Span(Layout.Length), loss, count) ?? loss);
    }

    /// <summary>
    /// Finds the parameter with the largest gradient norm in the last step. A gradient that is not finite comes before all others.
    /// </summary>
    public (string Name, float Norm) LargestGradient()
    {
        var norms = Layout.Parameters.Select(parameter => (parameter.Name, Norm: (float)Norm(Gradients.Slice(Layout[parameter.Name], (int)parameter.Count)))).ToArray();
        var broken = Array.FindIndex(norms, one => !float.IsFinite(one.Norm));
        return broken >= 0 ? norms[broken] : norms.MaxBy(one => one.Norm);
    }

    /// <summary>Copies the weights.</summary>
    public StateDictionary ToStateDictionary() => _weights.ToStateDictionary();

    /// <summary>Copies the state of the learner and of its network.</summary>
    public DiscriminatorLearnerState GetState()
    {
        var (mean, square, steps) = _optimizer.State;
        return new DiscriminatorLearnerState
        {
            Steps = Steps,
            Passes = Passes,
            OptimizerSteps = steps,
            Weights = ToStateDictionary().Values,
            Mean = mean,
            Square = square,
        };
    }

    /// <summary>Restores the state of the learner and of its network.</summary>
    /// <exception cref="ArgumentException">The state belongs to a network of other sizes, or is invalid.</exception>
    public void SetState(DiscriminatorLearnerState state)
    {
        if (LearnerStateValidator.FindProblem(state, Config) is { } problem)
            throw new ArgumentException($"state: {problem}.", nameof(state));
        _weights.SetValues(new StateDictionary(Config, state.Weights));
        (Passes, Steps) = (state.Passes, state.Steps);
        _optimizer.State = (state.Mean, state.Square, state.OptimizerSteps);
    }

    // Returns the divisor of the mean loss.
    private double PrepareRows(LossKind kind)
    {
        var rows = _rows.Span;
        if (_logitOffsets.Length < rows.Length)
            _logitOffsets = new int[rows.Length];
        var (count, logits) = (0.0, 0);
        for (var i = 0; i < rows.Length; i++)
        {
            count += SequenceLoss.Count(rows[i], kind, _options.CandidatesPerToken);
            _logitOffsets[i] = logits;
            logits += _options.CandidatesPerToken * rows[i].Tokens;
        }

        if (_logits.Length < logits)
            _logits = new float[logits];
        _parts.Divide(rows, _options.CandidatesPerToken);
        return count;
    }

    private int EndOfChunk(int first, int end)
    {
        var rows = _rows.Span;
        var (next, tokens) = (first + 1, rows[first].Tokens);
        while (next < end && (1 + _options.CandidatesPerToken) * (tokens + rows[next].Tokens) <= MaxPositions)
            tokens += rows[next++].Tokens;
        return next;
    }

    private double Finish(double loss)
    {
        var norm = Norm(Gradients);
        GradientNorm = norm;
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
            return double.NaN;
        // The same as PyTorch's clip_grad_norm_.
        _clip = _options.MaxGradientNorm is > 0 and var limit && limit / (norm + 1e-6) is < 1 and var factor ? (float)factor : 1;
        _optimizer.Begin();
        _workers.Run(_partOfWeights, (Layout.Length + WeightsOfPart - 1) / WeightsOfPart);
        _weights.Pack();
        Steps++;
        return loss;
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        for (var i = 0; i < values.Length; i += NormBlock)
        {
            var block = values.Slice(i, Math.Min(NormBlock, values.Length - i));
            var squares = TensorPrimitives.SumOfSquares(block);
            sum += float.IsFinite(squares) ? squares : SumOfSquares(block);
        }

        // A norm that single precision does not hold counts as not finite, as it does with TorchSharp.
        return (float)Math.Sqrt(sum);
    }

    // Squares that overflow in single precision.
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values)
            sum += (double)value * value;
        return sum;
    }

    /// <summary>The forward and backward pass of a part's rows.</summary>
    private sealed class PartOfRows(ManagedLearner learner) : IWork
    {
        public void Run(int part)
        {
            var gradients = learner._gradients.Take(part);
            try
            {
                learner._losses[part] = Compute(part, gradients);
            }
            finally
            {
                // Also after an error, which ends the step: parts behind this one wait for it.
                learner._gradients.Complete(part, gradients);
            }
        }

        private double Compute(int part, AlignedBuffer gradients)
        {
            var pass = learner._passes.Rent();
            var (first, rows) = learner._parts[part];
            double loss = 0;
            for (var end = first + rows; first < end;)
            {
                var next = learner.EndOfChunk(first, end);
                loss += pass.Run(learner._rows.Span[first..next], first, learner._step, gradients.Pointer, learner._logits.AsSpan(learner._logitOffsets[first]));
                first = next;
            }

            learner._passes.Return(pass);
            return loss;
        }
    }

    /// <summary>The optimizer's update of some weights.</summary>
    private sealed class PartOfWeights(ManagedLearner learner) : IWork
    {
        public void Run(int part)
        {
            var first = part * WeightsOfPart;
            var count = Math.Min(WeightsOfPart, learner.Layout.Length - first);
            learner._optimizer.Update(
                first, new Span<float>(learner._weights.Values + first, count), learner.Gradients.Slice(first, count), learner._clip, learner.LearningRate);
        }
    }
}
