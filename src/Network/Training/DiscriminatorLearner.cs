using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Trains a <see cref="DiscriminatorNetwork"/> by AdamW, a batch of tensors at a time: what the trainer does inside, for
/// those who have a loop of their own, as a GAN's is.
/// </summary>
/// <remarks>
/// <para>
/// Move the network to its device before: the optimizer keeps to the parameters it was given, and a step on a network that
/// was moved since is an error. Their memory becomes part of one flat tensor, so that a step on all of them is a handful of
/// operations; names and shapes stay.
/// </para>
/// <para>
/// On a CPU a step on a batch divides its rows among as many threads as libtorch has (<c>torch.get_num_threads()</c> where the
/// learner is made), each with gradients of its own. How many there are changes the last bits of the sums, as it does within
/// libtorch; nothing else. A step on a loss of the caller's own runs where it is called.
/// </para>
/// </remarks>
public sealed partial class DiscriminatorLearner : IDisposable
{
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearnerOptions _options;
    private readonly FlatParameters _flat;
    private readonly FlatAdamW _optimizer;
    private readonly DataParallelStep _inParts;

    /// <summary>Prepares training. The network stays the caller's.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or the network's weights are not in single.</exception>
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
        _inParts = new DataParallelStep(network, _flat);
    }

    /// <summary>The threads that the rows of a batch are divided among, where there are rows enough.</summary>
    internal int Threads { get; init; } = IntraOpThreads.DivisibleThreads;

    /// <summary>What other processes add to each step on a batch; null: there are none.</summary>
    internal GradientAllReduce? Shared { get; init; }

    /// <summary>Steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>The learning rate of the next step.</summary>
    public double LearningRate => _options.GetLearningRate(Steps);

    /// <summary>The parameter with the largest gradient of the last step, and its norm; one that is not finite before all others.</summary>
    internal (string Name, float Norm) LargestGradient()
    {
        var (place, norm) = _flat.FindLargestGradient();
        return (_network.named_parameters().ElementAt(place).name, norm);
    }

    /// <summary>Writes down what this knows, and what its network does.</summary>
    public DiscriminatorLearnerState GetState()
    {
        _flat.CheckNotMoved();
        var (mean, square, steps) = _optimizer.State;
        return new DiscriminatorLearnerState
        {
            Steps = Steps,
            Passes = _network.Passes,
            OptimizerSteps = steps,
            Weights = StateDictionary.FromNetwork(_network).Values,
            Mean = mean,
            Square = square,
        };
    }

    /// <summary>Goes on from there, the network too.</summary>
    /// <exception cref="ArgumentException">It is the state of a network of other sizes, or none that a learner can be in.</exception>
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

    /// <summary>The norm of all gradients of the last step, before clipping; 0 before the first.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>One step on one batch. Puts the network into training mode.</summary>
    /// <param name="sequences">Combined sequences, (B, 2T, C), on the network's device.</param>
    /// <param name="mask">
    /// Null for the rule, or a mask, (2T, 2T) or (B, 2T, 2T), as <see cref="DiscriminatorNetwork.forward(Tensor, Tensor?)"/> takes it.
    /// </param>
    /// <param name="labels">
    /// 1 (true) or 0, or between, of any number type or Boolean: (B), a label per row, or (B, T), a label per token.
    /// <see cref="DiscriminatorLearnerOptions.LossKind"/> says which loss is computed of them.
    /// </param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean (<see cref="SequenceBatch.RealTokens"/>); null where nothing is padded.
    /// </param>
    /// <param name="weights">(B): how much each row counts, at least 0; null: all the same.</param>
    /// <returns>
    /// The loss before the step. Where the loss or a gradient is not finite, NaN, and the weights stay as they are.
    /// </returns>
    /// <exception cref="ArgumentException">A shape or a value is another; the message names it. Nothing was learned from.</exception>
    /// <exception cref="InvalidOperationException">The network was moved or cast since this was made.</exception>
    public double Step(Tensor sequences, Tensor? mask, Tensor labels, Tensor? tokens = null, Tensor? weights = null) =>
        Step(sequences, mask, labels, tokens, weights, out _);

    /// <summary>The same, giving back the logits before the step too: (B, T) values, row-major.</summary>
    internal double Step(Tensor sequences, Tensor? mask, Tensor labels, Tensor? tokens, Tensor? weights, out float[] logits)
    {
        _network.CheckInput(sequences, mask);
        var type = sequences.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        long[] shape = [sequences.shape[0], sequences.shape[1] / 2];
        using var inputs = new LossInputs(labels, tokens, weights, shape, type);
        if (_options.LossKind == LossKind.Row && inputs.Labels.dim() > 1)
            throw new ArgumentException($"labels: expected ({shape[0]}), a label per row (LossKind.Row), found ({string.Join(", ", labels.shape)}).", nameof(labels));
        // The row's label for each of its tokens: views, which take part in no gradient.
        using var column = _options.LossKind == LossKind.Token && inputs.Labels.dim() == 1 ? inputs.Labels.unsqueeze(1) : null;
        using var repeated = column?.expand(shape);
        var loss = Step([new MicroBatch(sequences, mask, repeated ?? inputs.Labels, inputs.Tokens, inputs.Weights)], out var ofPieces);
        logits = ofPieces[0];
        return loss;
    }

    /// <summary>One step on a batch in pieces, one after another: what a batch costs in memory is then what a piece costs.</summary>
    /// <param name="batch">The pieces, none where other processes have all rows. The loss is that of all rows together.</param>
    /// <param name="logits">Those of each piece before the step.</param>
    /// <returns>As the others.</returns>
    internal double Step(IReadOnlyList<MicroBatch> batch, out float[][] logits)
    {
        foreach (var piece in batch)
        {
            _network.CheckShapes(piece.Sequences, piece.Mask);
            LossInputs.CheckShape(piece.Labels, piece.Rows, piece.Tokens);
        }

        _flat.CheckNotMoved();
        using var mode = inference_mode(false);
        _network.train();
        BatchPartition[] parts = [.. batch.Select(piece => BatchPartition.Create(piece.Sequences, _network.Config.ModelDimension!.Value, Threads))];
        if (parts.All(some => some.Count == 1))
            return StepWhole(batch, out logits);
        var (value, count) = (double.NaN, batch.Sum(piece => piece.Count()));
        logits = _inParts.Run(batch, parts, Threads, Divisor(count), FirstRow, loss => value = Finish(loss, count));
        return value;
    }

    /// <summary>One step down a loss of the caller's own. Puts the network into training mode.</summary>
    /// <param name="computeLoss">Runs the network and gives a scalar; called once, gradients on.</param>
    /// <remarks>
    /// The loss may hold gradients of the network's output, as a gradient penalty's does:
    /// <c>autograd.grad([logits.sum()], [sequences], retain_graph: true, create_graph: true)</c>.
    /// </remarks>
    /// <returns>As the other.</returns>
    /// <exception cref="InvalidOperationException">The network was moved or cast since this was made.</exception>
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

    private long FirstRow => Shared?.FirstRow ?? 0;

    // Losses are divided by what there is of rows: in all processes, which none of them knows before the others are done.
    private double Divisor(double count) => Shared is null ? count : 1;

    private double StepWhole(IReadOnlyList<MicroBatch> batch, out float[][] logits)
    {
        using var grad = enable_grad();
        _flat.Clear();
        var pass = _network.NextPass();
        var count = batch.Sum(piece => piece.Count());
        logits = new float[batch.Count][];
        double sum = 0;
        var first = FirstRow;
        for (var i = 0; i < batch.Count; first += batch[i++].Rows)
        {
            using var scope = NewDisposeScope();
            var output = _network.TrainingPass(batch[i].Sequences, batch[i].Mask, pass, first);
            logits[i] = output.detach().cpu().data<float>().ToArray();
            var loss = batch.Count == 1 && Shared is null ? batch[i].Loss(output) : batch[i].Loss(output, Divisor(count));
            loss.backward();
            sum += loss.ItemSingle();
        }

        using var outer = NewDisposeScope();
        return Finish(sum, count);
    }

    private double Finish(double loss, double count) => Finish(Shared?.AverageGradients(_flat.Gradients, loss, count) ?? loss);

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

    // In half precision a step's change of a weight is mostly rounded away.
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

    // As PyTorch's clip_grad_norm_ does it.
    private void Clip(double norm)
    {
        if (_options.MaxGradientNorm is > 0 and var limit && limit / (norm + 1e-6) is < 1 and var share)
            _flat.Gradients.Mul_(share);
    }

    /// <summary>Frees the optimizer's state, and ends its threads.</summary>
    public void Dispose()
    {
        _inParts.Dispose();
        _optimizer.Dispose();
    }
}
