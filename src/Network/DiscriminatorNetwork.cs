using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// A transformer encoder that reads combined sequences under their mask and computes a logit for each candidate token: positive if
/// it classifies the token as real.
/// </summary>
/// <remarks>
/// <para>
/// The input is combined sequences, (B, 2T, C), as <see cref="NextTokenDiscriminator"/> and the transform create them, and their
/// mask. Position i of both halves gets the position embedding of time i; a segment embedding tells the halves apart. Pre-norm
/// encoder layers follow, then a final norm and a linear head on the candidate half. With K candidates for each token the sequences are
/// (B, T + T * K, C), and all candidates of a token get its position embedding: the weights do not depend on K, so a network that is
/// trained with one K scores with another.
/// </para>
/// <para>
/// The network is differentiable with respect to the sequences, so a generator can be trained through it. Initial weights and
/// dropout use the network's own random numbers; TorchSharp's global generator is not used, except for dropout on CUDA.
/// </para>
/// <para>
/// Second derivatives, which a gradient penalty by <c>autograd.grad(..., retain_graph: true, create_graph: true)</c> needs, exist
/// on a CPU in single precision for rows of up to 512 tokens under the rule. With a mask, longer rows or bfloat16, attention is
/// libtorch's fused call, which has no second derivative ("derivative for
/// aten::_scaled_dot_product_flash_attention_for_cpu_backward is not implemented"). TorchSharp 0.107 reports this as an exception
/// from <c>backward</c>, but <c>autograd.grad</c> ends the process. <see cref="AdversarialOptions.GradientPenalty"/> needs no
/// second derivative.
/// </para>
/// <para>
/// The encoder's parameters have the names and shapes of PyTorch's <c>nn.TransformerEncoder(nn.TransformerEncoderLayer(D, heads,
/// inner, dropout, activation="gelu", batch_first=True, norm_first=True), layers, norm=nn.LayerNorm(D))</c>, under <c>encoder.</c>.
/// The other parameters are <c>position_embedding</c> (MaxTokens, D), <c>segment_embedding</c> (2, D: context, candidates),
/// <c>input_projection.weight</c> (D, C), <c>input_projection.bias</c> (D), <c>head.weight</c> (1, D), <c>head.bias</c> (1) and,
/// if it is learned, <c>init_emb</c> (1, 1, C).
/// </para>
/// </remarks>
public sealed partial class DiscriminatorNetwork : nn.Module<Tensor, Tensor?, Tensor>
{
    // About 2 ms on one core, without the fixed cost of each operation.
    private const double OneThreadMultiplications = 1 << 26;

#pragma warning disable IDE0044 // TorchSharp assigns these fields by reflection when the module moves.
    [ComponentName(Name = ParameterNames.InitialEmbedding)]
    private Parameter? _initialEmbedding;
    [ComponentName(Name = ParameterNames.PositionEmbedding)]
    private Parameter _positionEmbedding;
    [ComponentName(Name = ParameterNames.SegmentEmbedding)]
    private Parameter _segmentEmbedding;
#pragma warning restore IDE0044
    // Layer norm removes what all dimensions of a position have in common; the projection spreads it over directions that stay.
    [ComponentName(Name = ParameterNames.InputProjection)]
    private readonly LinearLayer _inputProjection;
    [ComponentName(Name = ParameterNames.Encoder)]
    private readonly Encoder _encoder;
    [ComponentName(Name = ParameterNames.Head)]
    private readonly LinearLayer _head;

    private readonly Autocast _autocast;
    private readonly SeededDropout _dropout;
    private readonly SeededDropout _attentionDropout;
    private readonly int _seed;
    private readonly BlockMaskCache _masks = new();
    private FlatParameters? _flat;

    /// <summary>Initializes a network with random weights, on the CPU, in training mode.</summary>
    /// <param name="config">The network's configuration.</param>
    /// <param name="seed">The seed of the initial weights and of dropout.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">Native libtorch cannot be loaded; the message names the package to add.</exception>
    public DiscriminatorNetwork(DiscriminatorConfig config, int seed = 0)
        : this(StateDictionary.Initialize(Check(config), seed), seed)
    {
    }

    internal DiscriminatorNetwork(StateDictionary weights, int seed = 0)
        : base(LibTorchProbe.NameOnceLoaded(nameof(DiscriminatorNetwork)))
    {
        using var scope = NewDisposeScope();
        // A parameter created in inference mode could never be trained.
        using var mode = inference_mode(false);
        Config = weights.Config;
        _autocast = new Autocast(weights.Config.Precision);
        _seed = seed;
        _dropout = new SeededDropout(Config.Dropout, seed);
        _attentionDropout = new SeededDropout(Config.AttentionDropout, unchecked(seed + 1));
        _initialEmbedding = Config.LearnInitialEmbedding ? weights.ToParameter(ParameterNames.InitialEmbedding) : null;
        // In single precision always: bfloat16 would round embeddings to 3 digits before the bias, which holds their mean, is added.
        _inputProjection = new LinearLayer(weights, ParameterNames.InputProjection, ComputePrecision.Single);
        _positionEmbedding = weights.ToParameter(ParameterNames.PositionEmbedding);
        _segmentEmbedding = weights.ToParameter(ParameterNames.SegmentEmbedding);
        _encoder = new Encoder(weights, ParameterNames.Encoder, _dropout);
        _head = new LinearLayer(weights, ParameterNames.Head);
        RegisterComponents();
    }

    /// <summary>Gets the network's configuration, with every default resolved.</summary>
    public DiscriminatorConfig Config { get; }

    /// <summary>Computes the logits of candidates.</summary>
    /// <param name="input1">Combined sequences, (B, 2T, C).</param>
    /// <param name="input2">
    /// The mask, (2T, 2T) for all rows or (B, 2T, 2T). Null selects the rule of <see cref="NextTokenMask"/> and skips the work that
    /// it blocks; padding then needs no mask, because no real token attends it, and the logits of padded candidates are to be
    /// ignored. In a Boolean mask <c>true</c> means may NOT attend, as <see cref="NextTokenDiscriminator"/> returns it. A
    /// floating-point mask is added to the attention scores: 0 or a bias from -50 to 50 where a query may attend a key, negative
    /// infinity or at most -10,000 where it may not. Every query must be allowed at least one key.
    /// </param>
    /// <returns>The logits, (B, T). They belong to the caller, or to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">
    /// A shape is wrong, T exceeds MaxTokens, or the mask is ambiguous: it has integers, allows every context position to attend
    /// every candidate (the inverse of the rule), or is floating-point and has only ones and zeros.
    /// </exception>
    public override Tensor forward(Tensor input1, Tensor? input2) => forward(input1, input2, candidatesPerToken: 1);

    /// <summary>Computes the logits of several candidates for each token.</summary>
    /// <param name="sequences">Combined sequences, (B, T + T * K, C): the K candidates of a token are neighbors.</param>
    /// <param name="mask">The mask, (T + T * K, T + T * K) or one for each row, as <see cref="forward(Tensor, Tensor?)"/> accepts it.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token, 1 to 1,024.</param>
    /// <returns>The logits, (B, T * K), in the order of the candidates. They belong to the caller, or to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, T exceeds MaxTokens, or the mask is ambiguous.</exception>
    /// <exception cref="ArgumentOutOfRangeException">K is out of range.</exception>
    public Tensor forward(Tensor sequences, Tensor? mask, int candidatesPerToken)
    {
        CheckInput(sequences, mask, candidatesPerToken);
        return Run(sequences, mask, candidatesPerToken);
    }

    /// <summary>Computes the logits of a batch's candidates under its own mask, whatever its <see cref="MaskKind"/>.</summary>
    /// <param name="batch">
    /// A batch of the transform. Its mask follows the next-token rule, so this is as fast as a null mask.
    /// </param>
    /// <returns>
    /// The logits, (B, P), or (B, P * K) with K candidates for each token. They belong to the caller, or to the caller's dispose scope. Logits of padding are to be ignored (<see
    /// cref="SequenceBatch.RealTokens"/>).
    /// </returns>
    /// <exception cref="ArgumentException">A shape is wrong, or the batch has more than MaxTokens tokens.</exception>
    public Tensor forward(SequenceBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var mask = BatchMask.FromBatch(batch);
        return forward(batch.Sequences, mask, batch.CandidatesPerToken);
    }

    /// <summary>Validates the arguments of <see cref="forward(Tensor, Tensor?)"/>.</summary>
    internal void CheckInput(Tensor sequences, Tensor? mask, int candidatesPerToken)
    {
        CheckShapes(sequences, mask, candidatesPerToken);
        if (mask is not null)
            MaskTensor.Check(mask, candidatesPerToken);
    }

    /// <summary>Computes the logits under a mask that is already validated, as masks read from columns are.</summary>
    internal Tensor Run(Tensor sequences, Tensor? mask, int candidatesPerToken)
    {
        if (training)
            return TrainingPass(sequences, mask, candidatesPerToken, NextPass(), firstRow: 0);
        return is_grad_enabled() ? Compute(sequences, mask, candidatesPerToken) : Score(sequences, mask, candidatesPerToken);
    }

    /// <summary>Validates the shapes of sequences and mask.</summary>
    internal void CheckShapes(Tensor sequences, Tensor? mask, int candidatesPerToken)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (CandidateCount.FindProblem(candidatesPerToken) is { } problem)
            throw new ArgumentOutOfRangeException(nameof(candidatesPerToken), $"candidatesPerToken: {problem.Problem}.");

        var (shape, perToken) = (sequences.shape, 1 + candidatesPerToken);
        if (shape.Length != 3 || shape[0] == 0 || shape[1] == 0 || shape[1] % perToken != 0 || shape[2] != Config.EmbeddingDimension)
        {
            var positions = candidatesPerToken == 1 ? "2T" : $"{perToken} * T";
            throw new ArgumentException($"sequences: expected (B, {positions}, {Config.EmbeddingDimension}), found {Text(shape)}.", nameof(sequences));
        }

        if (shape[1] / perToken > Config.MaxTokens)
            throw new ArgumentException($"sequences: expected at most {Config.MaxTokens} tokens (MaxTokens), found {shape[1] / perToken}.", nameof(sequences));
        long[] shared = [shape[1], shape[1]];
        long[] perRow = [shape[0], .. shared];
        if (mask is not null && !mask.shape.AsSpan().SequenceEqual(shared) && !mask.shape.AsSpan().SequenceEqual(perRow))
            throw new ArgumentException($"mask: expected {Text(shared)} or {Text(perRow)}, found {Text(mask.shape)}.", nameof(mask));
    }

    /// <summary>Gets or sets the number of training passes so far, which decides what dropout drops next.</summary>
    internal long Passes { get; set; }

    /// <summary>Returns the number of the next training pass, and counts it.</summary>
    internal long NextPass() => Passes++;

    /// <summary>Runs a training pass on some of a batch's rows. Shapes are already validated.</summary>
    /// <param name="sequences">(b, T + T * K, C).</param>
    /// <param name="mask">The mask of these rows, as <see cref="forward(Tensor, Tensor?)"/> accepts it.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <param name="pass">The number of the training pass.</param>
    /// <param name="firstRow">The index of the first of these rows in the batch.</param>
    /// <returns>The logits, (b, T * K).</returns>
    internal Tensor TrainingPass(Tensor sequences, Tensor? mask, int candidatesPerToken, long pass, long firstRow)
    {
        _dropout.Begin(pass, firstRow);
        _attentionDropout.Begin(pass, firstRow);
        return Compute(sequences, mask, candidatesPerToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _masks.Dispose();
            _flat?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static DiscriminatorConfig Check(DiscriminatorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.FindProblem() is { } problem
            ? throw new ArgumentException($"{problem.Option}: {problem.Problem}.", nameof(config))
            : config.Resolve();
    }

    private Tensor Compute(Tensor sequences, Tensor? mask, int candidatesPerToken)
    {
        using var scope = NewDisposeScope();
        var tokens = sequences.shape[1] / (1 + candidatesPerToken);
        (sequences, mask) = (sequences.ToTrainable(), mask?.ToTrainable());
        var x = _autocast.ToCompute(_inputProjection.forward(WithInitialEmbedding(sequences)));
        var candidates = _encoder.Encode(x.Add(_autocast.ToCompute(PositionEmbeddings(tokens, candidatesPerToken))), SelectKernel(mask, x, candidatesPerToken));
        return _autocast.ToSingle(_head.forward(candidates).squeeze(-1)).MoveToOuterDisposeScope();
    }

    // Rows are independent. If there is at least one for each of libtorch's threads, each thread scores some of them.
    private Tensor Score(Tensor sequences, Tensor? mask, int candidatesPerToken)
    {
        var threads = IntraOpThreads.DivisibleThreads;
        var parts = BatchPartition.Create(sequences, Config.ModelDimension!.Value, threads);
        if (threads == 1)
            return Compute(sequences, mask, candidatesPerToken);
        if (parts.Count < threads)
        {
            // libtorch's threads wait for one another at each operation; beside other work that can take longer than the operation.
            using var limit = IntraOpThreads.Use(RunsOnOneThread(sequences) ? 1 : threads);
            return Compute(sequences, mask, candidatesPerToken);
        }

        var logits = empty(sequences.shape[0], sequences.shape[1] / (1 + candidatesPerToken) * candidatesPerToken, dtype: ScalarType.Float32, device: CPU);
        ScoringThreadPool.Run(threads, parts.Count, part => parts.Take(logits, part).copy_(
            Compute(parts.Take(sequences, part), mask?.dim() == 3 ? parts.Take(mask, part) : mask, candidatesPerToken)));
        return logits;
    }

    /// <summary>Determines whether a batch is too small to be worth waiting for other threads. On a GPU it never is.</summary>
    internal bool RunsOnOneThread(Tensor sequences)
    {
        var (rows, positions) = (sequences.shape[0], sequences.shape[1]);
        double width = Config.ModelDimension!.Value, inner = Config.FeedForwardDimension!.Value;
        var multiplications = rows * positions * Config.Layers * (4 * width * width + 2 * width * inner + positions * width);
        return sequences.device_type == TorchSharp.DeviceType.CPU && multiplications <= OneThreadMultiplications;
    }

    private Tensor WithInitialEmbedding(Tensor sequences)
    {
        if (_initialEmbedding is null)
            return sequences;
        var start = _initialEmbedding.expand(sequences.shape[0], 1, sequences.shape[2]);
        return cat([start, sequences.narrow(1, 1, sequences.shape[1] - 1)], 1);
    }

    // The position and segment embedding of each position, (T + T * K, D). Candidates have the position of their token.
    private Tensor PositionEmbeddings(long tokens, int candidatesPerToken)
    {
        var both = _positionEmbedding.narrow(0, 0, tokens).Add(_segmentEmbedding.unsqueeze(1));
        return candidatesPerToken == 1 ? both.flatten(0, 1) : cat([both[0], both[1].repeat_interleave(candidatesPerToken, 0)], 0);
    }

    // Fused attention has no dropout.
    private IAttentionKernel SelectKernel(Tensor? mask, Tensor input, int candidatesPerToken)
    {
        if (training && Config.AttentionDropout > 0)
            return new EagerAttention(Additive(mask ?? BlockMaskCache.CreateFull(input, candidatesPerToken), input.dtype), _attentionDropout, candidatesPerToken);
        if (mask is not null)
            return new FusedAttention(Additive(mask, input.dtype), candidatesPerToken);
        return CpuAttention.IsSupported(input, candidatesPerToken) ? new CpuAttention(candidatesPerToken) : new BlockwiseAttention(_masks, candidatesPerToken);
    }

    private static Tensor Additive(Tensor mask, ScalarType dtype)
    {
        var additive = mask.dtype == ScalarType.Bool
            ? mask.ToAdditiveMask(dtype)
            : mask.to(dtype);
        // All heads of a row share its mask.
        return additive.dim() == 3 ? additive.unsqueeze(1) : additive;
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}
