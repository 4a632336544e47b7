using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Computes the two steps of a GAN's loop over combined sequences: the discriminator's, on real and generated candidates, and the
/// generator's, whose gradients pass through the discriminator without changing it.
/// </summary>
/// <remarks>
/// <para>
/// The loop, its schedule and the generator's optimizer are the caller's:
/// </para>
/// <code>
/// using var trainer = new AdversarialTrainer(network, learner, new AdversarialOptions { GradientPenalty = 1 }, seed: 1);
/// foreach (var batch in transformer.ToBatches(rows))
/// {
///     var candidates = AdversarialTrainer.WithCandidates(batch, generator.call(...));
///     trainer.StepDiscriminator(batch, candidates);
///     var loss = trainer.GeneratorLoss(batch, candidates);
///     optimizer.zero_grad(); loss.backward(); optimizer.step();
/// }
/// </code>
/// <para>
/// Shapes: B rows, T tokens, C dimensions. The trainer owns only its random number generator and does not use TorchSharp's global
/// one. It serves one network, on one thread at a time.
/// </para>
/// <para>
/// A trainer that is created again, as when a loop resumes from a <see cref="TrainingCheckpoint{TState}"/>, starts its noise again.
/// If a loop with noise or a gradient penalty must resume to the same weights, create a trainer for each stretch between
/// checkpoints, with a seed for that stretch. Without noise and penalty no random numbers are drawn.
/// </para>
/// </remarks>
public sealed partial class AdversarialTrainer : IDisposable
{
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;
    private readonly AdversarialOptions _options;
    private readonly Generator _random;

    /// <summary>Initializes the trainer.</summary>
    /// <param name="network">The discriminator, already on its device. It stays the caller's.</param>
    /// <param name="learner">The discriminator's learner. It stays the caller's.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="seed">The seed of the noise.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public AdversarialTrainer(DiscriminatorNetwork network, DiscriminatorLearner learner, AdversarialOptions? options = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(learner);
        _options = options ?? new AdversarialOptions();
        if (_options.FindProblem() is { } problem)
            throw new ArgumentException($"{problem.Option}: {problem.Problem}.", nameof(options));
        _network = network;
        _learner = learner;
        _random = new Generator((ulong)(uint)seed);
    }

    /// <summary>Gets statistics of both sides.</summary>
    public AdversarialDiagnostics Diagnostics { get; } = new();

    /// <summary>Replaces the candidates of combined sequences and keeps their contexts.</summary>
    /// <param name="sequences">Combined sequences, (B, 2T, C). Their second half is replaced.</param>
    /// <param name="candidates">(B, T, C); gradients flow back to them.</param>
    /// <returns>(B, 2T, C), which belongs to the caller or to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor WithCandidates(Tensor sequences, Tensor candidates)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(candidates);
        var shape = sequences.shape;
        if (shape.Length != 3 || !candidates.shape.AsSpan().SequenceEqual([shape[0], shape[1] / 2, shape[2]]))
        {
            throw new ArgumentException(
                $"candidates: expected (B, T, C) for sequences of (B, 2T, C), found {Text(candidates.shape)} for {Text(shape)}.", nameof(candidates));
        }

        using var scope = NewDisposeScope();
        return cat([sequences.narrow(1, 0, shape[1] / 2), candidates], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Trains the discriminator for one step on real and generated candidates together.</summary>
    /// <param name="realSequences">Combined sequences with real candidates, (B, 2T, C).</param>
    /// <param name="generatedSequences">
    /// Combined sequences with the generator's candidates, (B', 2T, C); no gradients flow back to them.
    /// </param>
    /// <param name="realTokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean (<see cref="SequenceBatch.RealTokens"/>); null if
    /// nothing is padded.
    /// </param>
    /// <param name="generatedTokens">
    /// (B', T): 1 for a real token, 0 for padding; null: the tokens of the real rows if there are as many of both, otherwise no
    /// padding.
    /// </param>
    /// <returns>
    /// The loss before the step, without the penalty; NaN if the loss or a gradient is not finite, in which case the weights are
    /// unchanged. <see cref="AdversarialDiagnostics.NonFiniteSteps"/> counts such steps.
    /// </returns>
    /// <exception cref="ArgumentException">The shapes do not match, or tokens are not 1 and 0.</exception>
    public double StepDiscriminator(Tensor realSequences, Tensor generatedSequences, Tensor? realTokens = null, Tensor? generatedTokens = null)
    {
        ArgumentNullException.ThrowIfNull(realSequences);
        ArgumentNullException.ThrowIfNull(generatedSequences);
        CheckSameShape(realSequences, generatedSequences);
        CheckTokens(realTokens, realSequences, nameof(realTokens));
        CheckTokens(generatedTokens, generatedSequences, nameof(generatedTokens));
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var stepLoss = new DiscriminatorStepLoss(_options, realSequences.shape[0], generatedSequences.shape[0]);
        var tokens = Tokens(realSequences, realTokens, generatedSequences, generatedTokens);
        var noisy = AddInstanceNoise(cat([realSequences.detach(), generatedSequences.detach()], 0));
        var input = stepLoss.PenalizedRows == 0
            ? noisy
            : cat([noisy, AddNoise(noisy.narrow(0, 0, stepLoss.PenalizedRows), _options.GradientPenaltyStep)], 0);

        var loss = _learner.Step(() => stepLoss.Loss(_network.forward(input, null), tokens));
        if (double.IsNaN(loss))
        {
            Diagnostics.AddNonFinite();
            return double.NaN;
        }

        Diagnostics.AddDiscriminator(stepLoss.CrossEntropy, stepLoss.SquaredGradient, stepLoss.RealScores, stepLoss.GeneratedScores);
        Diagnostics.AddDiversity(Candidates(realSequences), Candidates(generatedSequences));
        return stepLoss.CrossEntropy;
    }

    /// <summary>
    /// Computes the discriminator's logits without dropout, so that a generator can be trained through it. Gradients reach the
    /// candidates and none of the discriminator's weights.
    /// </summary>
    /// <remarks>
    /// To penalize the discriminator's weights through derivatives of a gradient (<c>create_graph</c>), call the network itself
    /// within <see cref="DiscriminatorLearner.Step(Func{Tensor})"/>: this method treats its weights as constants.
    /// </remarks>
    /// <param name="sequences">Combined sequences, (B, 2T, C).</param>
    /// <returns>A logit per candidate, (B, T), which belongs to the caller or to the caller's dispose scope.</returns>
    public Tensor Score(Tensor sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        using var scope = NewDisposeScope();
        using var frozen = new FrozenNetworkScope(_network);
        return _network.forward(AddInstanceNoise(sequences), null).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the generator's loss: the mean of softplus(-logit) over real tokens, which is small if the discriminator classifies
    /// the candidates as real.
    /// </summary>
    /// <param name="sequences">Combined sequences with the generator's candidates, (B, 2T, C); gradients flow back to them.</param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean (<see cref="SequenceBatch.RealTokens"/>); null if
    /// nothing is padded.
    /// </param>
    /// <returns>
    /// A scalar that the caller may add to other losses of the generator. It belongs to the caller or to the caller's dispose
    /// scope.
    /// </returns>
    /// <exception cref="InvalidOperationException">
    /// The loss is not finite: a step on it would make the generator's weights NaN for good.
    /// </exception>
    public Tensor GeneratorLoss(Tensor sequences, Tensor? tokens = null)
    {
        using var scope = NewDisposeScope();
        var logits = Score(sequences);
        var loss = DiscriminatorLoss.BinaryCrossEntropy(logits, ones_like(logits), tokens);
        var value = loss.ItemSingle();
        if (!float.IsFinite(value))
            throw NonFinite(value, logits);
        Diagnostics.AddGenerator(value);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the random number generator.</summary>
    public void Dispose() => _random.Dispose();

    private Tensor AddInstanceNoise(Tensor sequences)
    {
        var deviation = _options.GetNoise(_learner.Steps);
        return deviation == 0 ? sequences : AddNoise(sequences, deviation);
    }

    // Only the candidates get noise; the context is what they are compared with.
    private Tensor AddNoise(Tensor sequences, double deviation)
    {
        using var scope = NewDisposeScope();
        var (rows, tokens, dimension) = (sequences.shape[0], sequences.shape[1] / 2, sequences.shape[2]);
        var noise = randn([rows, tokens, dimension], dtype: sequences.dtype, device: CPU, generator: _random).Mul(deviation).to(sequences.device);
        return sequences.Add(cat([zeros_like(noise), noise], 1)).MoveToOuterDisposeScope();
    }

    private static Tensor Candidates(Tensor sequences) =>
        sequences.detach().narrow(1, sequences.shape[1] / 2, sequences.shape[1] / 2);

    private static Tensor? Tokens(Tensor realSequences, Tensor? realTokens, Tensor generatedSequences, Tensor? generatedTokens)
    {
        if (realTokens is null && generatedTokens is null)
            return null;
        if (realSequences.shape[0] == generatedSequences.shape[0])
            generatedTokens ??= realTokens;
        return cat([OrOnes(realTokens, realSequences), OrOnes(generatedTokens, generatedSequences)], 0);

        static Tensor OrOnes(Tensor? tokens, Tensor sequences) =>
            tokens?.to(sequences.dtype) ?? ones([sequences.shape[0], sequences.shape[1] / 2], dtype: sequences.dtype, device: sequences.device);
    }

    private static void CheckTokens(Tensor? tokens, Tensor sequences, string name)
    {
        if (tokens is not null)
            LossInputs.CheckTokens(tokens, [sequences.shape[0], sequences.shape[1] / 2], name, requireEachRow: false);
    }

    // Names the first bad token. Padding counts too: 0 times NaN is NaN.
    private static InvalidOperationException NonFinite(float loss, Tensor logits)
    {
        var values = logits.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var index = Array.FindIndex(values, value => !float.IsFinite(value));
        return new InvalidOperationException(index < 0
            ? FormattableString.Invariant($"tokens: expected 1 for each real token and one at least, found a loss of {loss} over them.")
            : FormattableString.Invariant($"sequences, row {index / logits.shape[1]}: expected candidates with finite logits, found {values[index]} at token {index % logits.shape[1]}."));
    }

    private static void CheckSameShape(Tensor realSequences, Tensor generatedSequences)
    {
        if (realSequences.dim() != 3 || !realSequences.shape.AsSpan(1).SequenceEqual(generatedSequences.shape.AsSpan(1)))
        {
            throw new ArgumentException(
                $"generatedSequences: expected (B, 2T, C) with 2T and C as in realSequences, {Text(realSequences.shape)}, found {Text(generatedSequences.shape)}.",
                nameof(generatedSequences));
        }
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}
