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
/// Shapes: B rows, T tokens, C dimensions. With K candidates of each token (<see cref="AdversarialOptions.CandidatesPerToken"/>)
/// combined sequences with the generator's candidates are (B, T + T * K, C), in place of (B, 2T, C).
/// </para>
/// <para>
/// The trainer owns only its random number generator and does not use TorchSharp's global one. It serves one network, on one thread at a
/// time.
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

    /// <summary>Trains the discriminator for one step on real and generated candidates together.</summary>
    /// <param name="realSequences">Combined sequences with real candidates, (B, 2T, C), or (B, T + T * K, C) with K real ones of each token.</param>
    /// <param name="generatedSequences">
    /// Combined sequences with the generator's candidates, (B', 2T, C) or (B', T + T * K, C); no gradients flow back to them.
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
        return StepDiscriminator(realSequences, CheckShapes(realSequences, generatedSequences), generatedSequences, realTokens, generatedTokens);
    }

    private double StepDiscriminator(
        Tensor realSequences, int realCandidates, Tensor generatedSequences, Tensor? realTokens, Tensor? generatedTokens)
    {
        CheckTokens(realTokens, realSequences, realCandidates, nameof(realTokens));
        CheckTokens(generatedTokens, generatedSequences, CandidatesPerToken, nameof(generatedTokens));
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        if (realSequences.shape[0] == generatedSequences.shape[0])
            generatedTokens ??= realTokens;
        var real = new CandidateRows(realSequences.detach(), realTokens, realCandidates);
        var generated = new CandidateRows(generatedSequences.detach(), generatedTokens, CandidatesPerToken);
        var (stepLoss, logits, weights) = realCandidates == CandidatesPerToken ? PrepareTogether(real, generated) : PrepareApart(real, generated);

        var loss = _learner.Step(() => stepLoss.Loss(logits(), weights));
        if (double.IsNaN(loss))
        {
            Diagnostics.AddNonFinite();
            return double.NaN;
        }

        Diagnostics.AddDiscriminator(stepLoss.CrossEntropy, stepLoss.SquaredGradient, stepLoss.RealScores, stepLoss.GeneratedScores);
        Diagnostics.AddDiversity(real.Candidates, generated.Candidates);
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
    /// <param name="sequences">Combined sequences, (B, 2T, C), or (B, T + T * K, C) with K candidates of each token.</param>
    /// <returns>
    /// A logit per candidate, (B, T), or (B, T, K) if K is not 1, which belongs to the caller or to the caller's dispose scope.
    /// </returns>
    /// <exception cref="ArgumentException">The shape does not match the network or K.</exception>
    public Tensor Score(Tensor sequences)
    {
        using var scope = NewDisposeScope();
        var logits = ScoreFlat(sequences);
        return (CandidatesPerToken == 1 ? logits : logits.view(logits.shape[0], -1, CandidatesPerToken)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the generator's loss: the mean of softplus(-logit) over real tokens, which is small if the discriminator classifies
    /// the candidates as real.
    /// </summary>
    /// <param name="sequences">
    /// Combined sequences with the generator's candidates, (B, 2T, C), or (B, T + T * K, C) with K candidates of each token; gradients flow
    /// back to them.
    /// </param>
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
        var logits = ScoreFlat(sequences);
        if (tokens is not null && CandidatesPerToken > 1)
        {
            CheckTokens(tokens, sequences, CandidatesPerToken, nameof(tokens));
            tokens = Repeat(tokens, CandidatesPerToken);
        }

        var loss = DiscriminatorLoss.BinaryCrossEntropy(logits, ones_like(logits), tokens);
        var value = loss.ItemSingle();
        if (!float.IsFinite(value))
            throw NonFinite(value, logits, CandidatesPerToken);
        Diagnostics.AddGenerator(value);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the random number generator.</summary>
    public void Dispose() => _random.Dispose();

    private int CandidatesPerToken => _options.CandidatesPerToken;

    // (B, T * K)
    private Tensor ScoreFlat(Tensor sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        using var scope = NewDisposeScope();
        using var frozen = new FrozenNetworkScope(_network);
        _network.CheckShapes(sequences, mask: null, CandidatesPerToken);
        return _network.forward(AddInstanceNoise(sequences, CandidatesPerToken), null, CandidatesPerToken).MoveToOuterDisposeScope();
    }

    // Real and generated rows in one forward pass.
    private PreparedStep PrepareTogether(CandidateRows real, CandidateRows generated)
    {
        var loss = new DiscriminatorStepLoss(_options, real.Rows, generated.Rows);
        var weights = real.Tokens is null && generated.Tokens is null
            ? null
            : cat([Repeat(real.TokensOrOnes, CandidatesPerToken), Repeat(generated.TokensOrOnes, CandidatesPerToken)], 0);
        var noisy = AddInstanceNoise(cat([real.Sequences, generated.Sequences], 0), CandidatesPerToken);
        var input = Perturb(noisy, loss.PenalizedRows, CandidatesPerToken);
        return new PreparedStep(loss, () => _network.forward(input, null, CandidatesPerToken), weights);
    }

    // Real rows have one candidate of each token and generated ones K, so each side has a forward pass, and each candidate is a row of the
    // loss. The K of a token share the weight of one.
    private PreparedStep PrepareApart(CandidateRows real, CandidateRows generated)
    {
        var loss = new DiscriminatorStepLoss(_options, real.Count, generated.Count);
        var weights = cat([real.Weights, generated.Weights], 0);
        var (penalizedReal, penalizedGenerated) = (loss.PenalizedRows > 0 ? real.Rows : 0, loss.PenalizedRows > real.Count ? generated.Rows : 0);
        var realInput = Perturb(AddInstanceNoise(real.Sequences, real.CandidatesPerToken), penalizedReal, real.CandidatesPerToken);
        var generatedInput = Perturb(AddInstanceNoise(generated.Sequences, CandidatesPerToken), penalizedGenerated, CandidatesPerToken);
        return new PreparedStep(loss, Logits, weights);

        Tensor Logits()
        {
            var ofReal = _network.forward(realInput, null, real.CandidatesPerToken);
            var ofGenerated = _network.forward(generatedInput, null, CandidatesPerToken);
            return cat(
            [
                Take(ofReal, 0, real.Rows), Take(ofGenerated, 0, generated.Rows),
                Take(ofReal, real.Rows, penalizedReal), Take(ofGenerated, generated.Rows, penalizedGenerated),
            ], 0);
        }

        static Tensor Take(Tensor logits, long first, long rows) => logits.narrow(0, first, rows).reshape(-1, 1);
    }

    // Appends perturbed copies of the first rows.
    private Tensor Perturb(Tensor sequences, long rows, int candidatesPerToken) => rows == 0
        ? sequences
        : cat([sequences, AddNoise(sequences.narrow(0, 0, rows), _options.GradientPenaltyStep, candidatesPerToken)], 0);

    private Tensor AddInstanceNoise(Tensor sequences, int candidatesPerToken)
    {
        var deviation = _options.GetNoise(_learner.Steps);
        return deviation == 0 ? sequences : AddNoise(sequences, deviation, candidatesPerToken);
    }

    // Only the candidates get noise; the context is what they are compared with.
    private Tensor AddNoise(Tensor sequences, double deviation, int candidatesPerToken)
    {
        using var scope = NewDisposeScope();
        var (rows, tokens, dimension) = (sequences.shape[0], sequences.shape[1] / (1 + candidatesPerToken), sequences.shape[2]);
        var noise = randn([rows, tokens * candidatesPerToken, dimension], dtype: sequences.dtype, device: CPU, generator: _random)
            .Mul(deviation).to(sequences.device);
        return sequences.Add(cat([zeros_like(noise.narrow(1, 0, tokens)), noise], 1)).MoveToOuterDisposeScope();
    }

    // (B, T) -> (B, T * K)
    private static Tensor Repeat(Tensor tokens, int candidatesPerToken) =>
        candidatesPerToken == 1 ? tokens : tokens.repeat_interleave(candidatesPerToken, 1);

    private static void CheckTokens(Tensor? tokens, Tensor sequences, int candidatesPerToken, string name)
    {
        if (tokens is not null)
            LossInputs.CheckTokens(tokens, [sequences.shape[0], sequences.shape[1] / (1 + candidatesPerToken)], name, requireEachRow: false);
    }

    // Names the first bad token. Padding counts too: 0 times NaN is NaN.
    private static InvalidOperationException NonFinite(float loss, Tensor logits, int candidatesPerToken)
    {
        var values = logits.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var index = Array.FindIndex(values, value => !float.IsFinite(value));
        if (index < 0)
            return new InvalidOperationException(FormattableString.Invariant($"tokens: expected 1 for each real token and one at least, found a loss of {loss} over them."));
        var (row, column) = (index / logits.shape[1], index % logits.shape[1]);
        var candidate = candidatesPerToken == 1 ? "" : $", candidate {column % candidatesPerToken}";
        return new InvalidOperationException(FormattableString.Invariant(
            $"sequences, row {row}: expected candidates with finite logits, found {values[index]} at token {column / candidatesPerToken}{candidate}."));
    }

    private readonly record struct PreparedStep(DiscriminatorStepLoss Loss, Func<Tensor> Logits, Tensor? Weights);
}
