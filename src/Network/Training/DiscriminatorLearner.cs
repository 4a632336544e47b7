using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Trains a <see cref="DiscriminatorNetwork"/> with AdamW, one batch of tensors at a time. Use it for a training loop of your own,
/// such as a GAN's; the ML.NET trainer uses it too.
/// </summary>
/// <remarks>
/// <para>
/// Move the network to its device first: the learner keeps the parameters that it was created with, and a step on a network that
/// was moved later throws. The parameters' memory becomes part of one flat tensor, so that a step on all of them takes a few
/// operations; names and shapes stay the same.
/// </para>
/// <para>
/// On a CPU a step divides the rows of a batch among libtorch's threads (<c>torch.get_num_threads()</c> where the learner is
/// created), each with its own gradients. The number of threads changes only the last bits of sums, as it does within libtorch. A
/// step with a loss function of your own runs on the calling thread.
/// </para>
/// </remarks>
public sealed partial class DiscriminatorLearner : ILearner, IDisposable
{
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearnerOptions _options;
    private readonly FlatParameters _flat;
    private readonly FlatAdamW _optimizer;
    private readonly DataParallelStep _dataParallelStep;

    /// <summary>Initializes the learner. The network stays the caller's.</summary>
    /// <param name="network">The network to train, with weights in single precision.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or the network's weights are not in single precision.
    /// </exception>
    public DiscriminatorLearner(DiscriminatorNetwork network, DiscriminatorLearnerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        CheckInSingle(network);
        _network = network;
        _options = options ?? new DiscriminatorLearnerOptions();
        if (_options.FindProblem() is { } problem)
            throw new ArgumentException($"{problem.Option}: {problem.Problem}.", nameof(options));
        _flat = network.Flatten();
        _optimizer = new FlatAdamW(_flat.Values, _flat.Gradients, _options.WeightDecay, _options.Beta1);
        _dataParallelStep = new DataParallelStep(network, _flat);
    }

    /// <summary>Gets the maximum number of threads that share the rows of a batch.</summary>
    internal int Threads { get; init; } = IntraOpThreads.DivisibleThreads;

    /// <summary>
    /// Gets the all-reduce that combines each step on a batch with those of other processes; null in a single process.
    /// </summary>
    internal GradientAllReduce? AllReduce { get; init; }

    /// <summary>Gets the number of steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets the learning rate of the next step.</summary>
    public double LearningRate => _options.GetLearningRate(Steps);

    (string Name, float Norm) ILearner.LargestGradient() => LargestGradient();

    /// <inheritdoc cref="ILearner.LargestGradient"/>
    internal (string Name, float Norm) LargestGradient()
    {
        var (index, norm) = _flat.FindLargestGradient();
        return (_network.named_parameters().ElementAt(index).name, norm);
    }

    /// <summary>Copies the state of the learner and of its network.</summary>
    public DiscriminatorLearnerState GetState()
    {
        _flat.CheckNotMoved();
        var (mean, square, steps) = _optimizer.State;
        return new DiscriminatorLearnerState
        {
            Steps = Steps,
            Passes = _network.Passes,
            OptimizerSteps = steps,
            Weights = _network.ToStateDictionary().Values,
            Mean = mean,
            Square = square,
        };
    }

    /// <summary>Restores the state of the learner and of its network.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="ArgumentException">The state belongs to a network of other sizes, or is invalid.</exception>
    public void SetState(DiscriminatorLearnerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _flat.CheckNotMoved();
        if (LearnerStateValidator.FindProblem(state, _network.Config) is { } problem)
            throw new ArgumentException($"state: {problem}.", nameof(state));

        new StateDictionary(_network.Config, state.Weights).CopyTo(_network);
        (_network.Passes, Steps) = (state.Passes, state.Steps);
        _optimizer.State = (state.Mean, state.Square, state.OptimizerSteps);
    }

    /// <summary>Gets the norm of all gradients in the last step, before clipping; 0 before the first step.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>Trains on one batch. Puts the network into training mode.</summary>
    /// <param name="sequences">
    /// Combined sequences, (B, 2T, C), or (B, T + T * K, C) with K <see cref="DiscriminatorLearnerOptions.CandidatesPerToken"/>, on the
    /// network's device.
    /// </param>
    /// <param name="mask">
    /// Null for the rule, or a mask, (2T, 2T) or (B, 2T, 2T), as <see cref="DiscriminatorNetwork.forward(Tensor, Tensor?)"/>
    /// accepts it.
    /// </param>
    /// <param name="labels">
    /// The labels, from 0 (generated) to 1 (real), of any number type or Boolean: (B), a label per row, or (B, T), a label per
    /// token; (B, T * K), a label per candidate, with K candidates for each token. <see cref="DiscriminatorLearnerOptions.LossKind"/>
    /// selects the loss.
    /// </param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean (<see cref="SequenceBatch.RealTokens"/>); null if
    /// nothing is padded.
    /// </param>
    /// <param name="weights">The weight of each row, (B), at least 0; null weights all rows equally.</param>
    /// <returns>
    /// The loss before the step; NaN if the loss or a gradient is not finite, in which case the weights are unchanged.
    /// </returns>
    /// <exception cref="ArgumentException">A shape or a value is wrong; the message names it. Nothing is trained.</exception>
    /// <exception cref="InvalidOperationException">The network was moved or cast after the learner was created.</exception>
    public double Step(Tensor sequences, Tensor? mask, Tensor labels, Tensor? tokens = null, Tensor? weights = null) =>
        Step(sequences, mask, labels, tokens, weights, out _);

    /// <summary>Trains on one batch and returns the logits before the step: (B, T * K) values, row-major.</summary>
    internal double Step(Tensor sequences, Tensor? mask, Tensor labels, Tensor? tokens, Tensor? weights, out float[] logits)
    {
        var candidates = _options.CandidatesPerToken;
        _network.CheckInput(sequences, mask, candidates);
        var type = sequences.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        long[] shape = [sequences.shape[0], sequences.shape[1] / (1 + candidates) * candidates];
        using var inputs = new LossInputs(labels, tokens, weights, shape, type, candidates);
        var ranks = _options.LossKind == LossKind.RankingNce;
        if (ranks)
            inputs.CheckRanking(candidates);
        if (_options.LossKind == LossKind.Row && inputs.Labels.dim() > 1)
            throw new ArgumentException($"labels: expected ({shape[0]}), a label per row (LossKind.Row), found ({string.Join(", ", labels.shape)}).", nameof(labels));
        // Repeats the row's label for each of its tokens, as views without gradients.
        using var column = _options.LossKind == LossKind.Token && inputs.Labels.dim() == 1 ? inputs.Labels.unsqueeze(1) : null;
        using var repeated = column?.expand(shape);
        var loss = Step([new MicroBatch(sequences, mask, repeated ?? inputs.Labels, inputs.Tokens, inputs.Weights) { CandidatesPerToken = candidates, Ranks = ranks }], out var microBatchLogits);
        logits = microBatchLogits[0];
        return loss;
    }

    /// <summary>
    /// Trains on a batch in micro-batches (gradient accumulation), which takes the memory of one micro-batch. The loss is that of
    /// all rows together.
    /// </summary>
    /// <param name="batch">The micro-batches; empty if other processes have all rows.</param>
    /// <param name="logits">Receives the logits of each micro-batch before the step.</param>
    /// <returns>The loss before the step; NaN if the loss or a gradient is not finite.</returns>
    internal double Step(IReadOnlyList<MicroBatch> batch, out float[][] logits)
    {
        foreach (var microBatch in batch)
        {
            _network.CheckShapes(microBatch.Sequences, microBatch.Mask, microBatch.CandidatesPerToken);
            LossInputs.CheckShape(microBatch.Labels, microBatch.Rows, microBatch.Candidates);
        }

        _flat.CheckNotMoved();
        using var mode = inference_mode(false);
        _network.train();
        BatchPartition[] parts = [.. batch.Select(microBatch => BatchPartition.Create(microBatch.Sequences, _network.Config.ModelDimension!.Value, Threads))];
        if (parts.All(partition => partition.Count == 1))
            return StepWhole(batch, out logits);
        var (value, count) = (double.NaN, batch.Sum(microBatch => microBatch.Count()));
        logits = _dataParallelStep.Run(batch, parts, Threads, Divisor(count), FirstRow, loss => value = Finish(loss, count));
        return value;
    }

    /// <summary>Trains on a loss function of the caller. Puts the network into training mode.</summary>
    /// <param name="computeLoss">Runs the network and returns a scalar loss. Called once, with gradients on.</param>
    /// <remarks>
    /// The loss may contain gradients of the network's output, as a gradient penalty does: <c>autograd.grad([logits.sum()],
    /// [sequences], retain_graph: true, create_graph: true)</c>.
    /// </remarks>
    /// <returns>The loss before the step; NaN if the loss or a gradient is not finite.</returns>
    /// <exception cref="InvalidOperationException">The network was moved or cast after the learner was created.</exception>
    public double Step(Func<Tensor> computeLoss)
    {
        ArgumentNullException.ThrowIfNull(computeLoss);
        _flat.CheckNotMoved();
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        using var grad = enable_grad();
        _network.train();
        _flat.Clear();
        var loss = computeLoss();
        loss.backward();
        _flat.Gather();

        return Finish(loss.ItemSingle());
    }

    private long FirstRow => AllReduce?.FirstRow ?? 0;

    // The mean divides by the count of all processes, which no process knows before the all-reduce.
    private double Divisor(double count) => AllReduce is null ? count : 1;

    private double StepWhole(IReadOnlyList<MicroBatch> batch, out float[][] logits)
    {
        using var grad = enable_grad();
        _flat.Clear();
        var pass = _network.NextPass();
        var count = batch.Sum(microBatch => microBatch.Count());
        logits = new float[batch.Count][];
        double sum = 0;
        var firstRow = FirstRow;
        for (var i = 0; i < batch.Count; i++)
        {
            using var scope = NewDisposeScope();
            var output = _network.TrainingPass(batch[i].Sequences, batch[i].Mask, batch[i].CandidatesPerToken, pass, firstRow);
            logits[i] = output.detach().cpu().data<float>().ToArray();
            var loss = batch.Count == 1 && AllReduce is null ? batch[i].Loss(output) : batch[i].Loss(output, Divisor(count));
            loss.backward();
            sum += loss.ItemSingle();
            firstRow += batch[i].Rows;
        }

        using var finishScope = NewDisposeScope();
        return Finish(sum, count);
    }

    private double Finish(double loss, double count) => Finish(AllReduce?.AverageGradients(_flat.Gradients, loss, count) ?? loss);

    private double Finish(double loss)
    {
        var norm = (double)_flat.Gradients.norm().ItemSingle();
        GradientNorm = norm;
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
            return double.NaN;

        Clip(norm);
        _flat.KeepFrozen(() => _optimizer.Step(LearningRate));
        Steps++;
        return loss;
    }

    // In half precision most changes of a weight by a step are rounded away.
    private static void CheckInSingle(DiscriminatorNetwork network)
    {
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (parameter.dtype != ScalarType.Float32)
            {
                throw new ArgumentException(
                    $"network: expected weights of {ScalarType.Float32}, found {parameter.dtype} in '{name}'. To compute in half precision, set {nameof(DiscriminatorConfig)}.{nameof(DiscriminatorConfig.Precision)}.",
                    nameof(network));
            }
        }
    }

    // The same as PyTorch's clip_grad_norm_.
    private void Clip(double norm)
    {
        if (_options.MaxGradientNorm is > 0 and var limit && limit / (norm + 1e-6) is < 1 and var factor)
            _flat.Gradients.Mul_(factor);
    }

    /// <summary>Frees the optimizer's state and ends the learner's threads.</summary>
    public void Dispose()
    {
        _dataParallelStep.Dispose();
        _optimizer.Dispose();
    }
}
