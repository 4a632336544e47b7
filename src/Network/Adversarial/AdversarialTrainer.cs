using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// The two turns of a GAN's loop over combined sequences: the discriminator's, on true and false candidates, and the
/// generator's, whose gradients pass through the discriminator and leave it as it is.
/// </summary>
/// <remarks>
/// <para>
/// The loop, its schedule and the generator's optimizer stay the caller's:
/// </para>
/// <code>
/// using var round = new AdversarialTrainer(network, learner, new AdversarialOptions { GradientPenalty = 1 }, seed: 1);
/// foreach (var batch in stage.ToBatches(rows))
/// {
///     var candidates = AdversarialTrainer.WithCandidates(batch, generator.call(...));
///     round.StepDiscriminator(batch, candidates);
///     var loss = round.GeneratorLoss(batch, candidates);
///     optimizer.zero_grad(); loss.backward(); optimizer.step();
/// }
/// </code>
/// <para>
/// T tokens, C dimensions, B rows. The round owns its generator of random numbers only; TorchSharp's global one is left as
/// it is. One round serves one network, on one thread at a time.
/// </para>
/// <para>
/// A round that is made anew, as where a loop goes on from a <see cref="TrainingCheckpoint{TState}"/>, begins its noise anew. Where a
/// loop with noise or a gradient penalty is to go on to the same weights, make a round for each stretch between checkpoints, with a
/// seed of the stretch; without them nothing is drawn.
/// </para>
/// </remarks>
public sealed partial class AdversarialTrainer : IDisposable
{
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;
    private readonly AdversarialOptions _options;
    private readonly Generator _random;

    /// <summary>Prepares the turns.</summary>
    /// <param name="network">The discriminator; stays the caller's, on its device from now on.</param>
    /// <param name="learner">Its learner; stays the caller's.</param>
    /// <param name="options">The defaults when null.</param>
    /// <param name="seed">Decides the noise.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
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

    /// <summary>How the two sides stand.</summary>
    public AdversarialDiagnostics Diagnostics { get; } = new();

    /// <summary>The same contexts with other candidates.</summary>
    /// <param name="sequences">Combined sequences, (B, 2T, C): their second half is replaced.</param>
    /// <param name="candidates">(B, T, C); gradients flow back to them.</param>
    /// <returns>(B, 2T, C), the caller's or the caller's dispose scope's.</returns>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
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

    /// <summary>The discriminator's turn: one step of its learner on true and false candidates together.</summary>
    /// <param name="realSequences">Combined sequences with true candidates, (B, 2T, C).</param>
    /// <param name="generatedSequences">With the generator's, (B', 2T, C); no gradient flows back to them.</param>
    /// <param name="realTokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean (<see cref="SequenceBatch.RealTokens"/>); null where nothing is padded.
    /// </param>
    /// <param name="generatedTokens">(B', T); null: as the true rows where there are as many of both, else nothing is padded.</param>
    /// <returns>
    /// The loss before the step, without the penalty. Where it or a gradient is not finite, NaN, and the weights stay as they
    /// are; <see cref="AdversarialDiagnostics.NonFiniteSteps"/> counts such steps.
    /// </returns>
    /// <exception cref="ArgumentException">The shapes do not go together, or tokens are not 1 and 0.</exception>
    public double StepDiscriminator(Tensor realSequences, Tensor generatedSequences, Tensor? realTokens = null, Tensor? generatedTokens = null)
    {
        ArgumentNullException.ThrowIfNull(realSequences);
        ArgumentNullException.ThrowIfNull(generatedSequences);
        CheckAlike(realSequences, generatedSequences);
        CheckTokens(realTokens, realSequences, nameof(realTokens));
        CheckTokens(generatedTokens, generatedSequences, nameof(generatedTokens));
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var turn = new DiscriminatorStepLoss(_options, realSequences.shape[0], generatedSequences.shape[0]);
        var tokens = Tokens(realSequences, realTokens, generatedSequences, generatedTokens);
        var shown = Shown(cat([realSequences.detach(), generatedSequences.detach()], 0));
        var input = turn.PenalizedRows == 0
            ? shown
            : cat([shown, Noised(shown.narrow(0, 0, turn.PenalizedRows), _options.GradientPenaltyStep)], 0);

        var loss = _learner.Step(() => turn.Loss(_network.forward(input, null), tokens));
        if (double.IsNaN(loss))
        {
            Diagnostics.AddNonFinite();
            return double.NaN;
        }

        Diagnostics.AddDiscriminator(turn.CrossEntropy, turn.SquaredGradient, turn.RealScores, turn.GeneratedScores);
        Diagnostics.AddSpread(Candidates(realSequences), Candidates(generatedSequences));
        return turn.CrossEntropy;
    }

    /// <summary>
    /// What the discriminator says of candidates, without dropout, so that a generator can be trained through it: gradients
    /// reach the candidates and none of the discriminator's weights.
    /// </summary>
    /// <remarks>
    /// For a penalty on the discriminator's weights by derivatives of a gradient (<c>create_graph</c>), call the network itself,
    /// within <see cref="DiscriminatorLearner.Step(Func{Tensor})"/>: here its weights are constants.
    /// </remarks>
    /// <param name="sequences">Combined sequences, (B, 2T, C).</param>
    /// <returns>A logit per candidate, (B, T), the caller's or the caller's dispose scope's.</returns>
    public Tensor Score(Tensor sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        using var scope = NewDisposeScope();
        using var still = new FrozenNetworkScope(_network);
        return _network.forward(Shown(sequences), null).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The generator's turn: the mean of softplus(-logit) over real tokens, small where the discriminator takes the candidates
    /// for true.
    /// </summary>
    /// <param name="sequences">Combined sequences with the generator's candidates, (B, 2T, C); gradients flow back to them.</param>
    /// <param name="tokens">
    /// (B, T): 1 for a real token, 0 for padding, of any number type or Boolean (<see cref="SequenceBatch.RealTokens"/>); null where nothing is padded.
    /// </param>
    /// <returns>A scalar, to be added to what else the generator learns from; the caller's or the caller's dispose scope's.</returns>
    /// <exception cref="InvalidOperationException">
    /// The loss is not finite: a step down it would make the generator's weights NaN for good.
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

    /// <summary>Frees the generator of random numbers.</summary>
    public void Dispose() => _random.Dispose();

    private Tensor Shown(Tensor sequences)
    {
        var deviation = _options.NoiseAt(_learner.Steps);
        return deviation == 0 ? sequences : Noised(sequences, deviation);
    }

    // Noise on the candidate half alone: the context is what they are judged by.
    private Tensor Noised(Tensor sequences, double deviation)
    {
        using var scope = NewDisposeScope();
        var (rows, tokens, dimension) = (sequences.shape[0], sequences.shape[1] / 2, sequences.shape[2]);
        var noise = randn([rows, tokens, dimension], dtype: sequences.dtype, device: CPU, generator: _random).Mul(deviation).to(sequences.device);
        return sequences.Add(cat([zeros_like(noise), noise], 1)).MoveToOuterDisposeScope();
    }

    private static Tensor Candidates(Tensor sequences) =>
        sequences.detach().narrow(1, sequences.shape[1] / 2, sequences.shape[1] / 2);

    private static Tensor? Tokens(Tensor trueSequences, Tensor? trueTokens, Tensor falseSequences, Tensor? falseTokens)
    {
        if (trueTokens is null && falseTokens is null)
            return null;
        if (trueSequences.shape[0] == falseSequences.shape[0])
            falseTokens ??= trueTokens;
        return cat([Of(trueTokens, trueSequences), Of(falseTokens, falseSequences)], 0);

        static Tensor Of(Tensor? tokens, Tensor sequences) =>
            tokens?.to(sequences.dtype) ?? ones([sequences.shape[0], sequences.shape[1] / 2], dtype: sequences.dtype, device: sequences.device);
    }

    private static void CheckTokens(Tensor? tokens, Tensor sequences, string name)
    {
        if (tokens is not null)
            LossInputs.CheckTokens(tokens, [sequences.shape[0], sequences.shape[1] / 2], name, ofEachRow: false);
    }

    // Names the first token at fault: what is not finite in padding spoils the loss too, as 0 times NaN is NaN.
    private static InvalidOperationException NonFinite(float loss, Tensor logits)
    {
        var values = logits.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var place = Array.FindIndex(values, value => !float.IsFinite(value));
        return new InvalidOperationException(place < 0
            ? FormattableString.Invariant($"tokens: expected 1 for each real token and one at least, found a loss of {loss} over them.")
            : FormattableString.Invariant($"sequences, row {place / logits.shape[1]}: expected candidates with finite logits, found {values[place]} at token {place % logits.shape[1]}."));
    }

    private static void CheckAlike(Tensor trueSequences, Tensor falseSequences)
    {
        if (trueSequences.dim() != 3 || !trueSequences.shape.AsSpan(1).SequenceEqual(falseSequences.shape.AsSpan(1)))
        {
            throw new ArgumentException(
                $"falseSequences: expected (B, 2T, C) with 2T and C as in trueSequences, {Text(trueSequences.shape)}, found {Text(falseSequences.shape)}.",
                nameof(falseSequences));
        }
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}
