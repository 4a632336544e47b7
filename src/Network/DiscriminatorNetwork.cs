using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// A transformer encoder that reads combined sequences under their mask and gives each candidate token a logit:
/// above 0, it takes the token for a true one.
/// </summary>
/// <remarks>
/// <para>
/// Input: combined sequences, (B, 2T, C), as <see cref="NextTokenDiscriminator"/> and the stage make them, and their
/// mask. Position i of both halves gets the position embedding of time i; a segment embedding says which half it is.
/// Pre-norm encoder layers follow, a last norm, and a linear head on the candidate half.
/// </para>
/// <para>
/// It is differentiable in the sequences too, so that a generator can be trained through it. Its first weights and its
/// dropout come from generators of its own: TorchSharp's global one is left as it is (dropout on CUDA excepted).
/// </para>
/// <para>
/// Second derivatives, as a gradient penalty by <c>autograd.grad(..., retain_graph: true, create_graph: true)</c> takes, exist on
/// a CPU for rows of up to 512 tokens under the rule, in single. With a mask, longer rows or bfloat16, attention is libtorch's
/// fused call, which has none: libtorch refuses ("derivative for
/// aten::_scaled_dot_product_flash_attention_for_cpu_backward is not implemented"). TorchSharp 0.107 passes that on as an
/// exception from <c>backward</c>, but ends the process where <c>autograd.grad</c> meets it.
/// <see cref="AdversarialOptions.GradientPenalty"/> needs no second derivative.
/// </para>
/// <para>
/// The encoder's parameters have the names and shapes of PyTorch's <c>nn.TransformerEncoder(nn.TransformerEncoderLayer(D,
/// heads, inner, dropout, activation="gelu", batch_first=True, norm_first=True), layers, norm=nn.LayerNorm(D))</c>, under
/// <c>encoder.</c>; beside them <c>position_embedding</c> (MaxTokens, D), <c>segment_embedding</c> (2, D: context,
/// candidates), <c>head.weight</c> (1, D), <c>head.bias</c> (1) and, where they are used, <c>input_projection.weight</c>
/// (D, C), <c>input_projection.bias</c> (D) and <c>init_emb</c> (1, 1, C).
/// </para>
/// </remarks>
public sealed class DiscriminatorNetwork : nn.Module<Tensor, Tensor?, Tensor>
{
    // About 2 ms of one core, without the fixed costs of operations.
    private const double OneThreadMultiplications = 1 << 26;

#pragma warning disable IDE0044 // Written by reflection when the module moves.
    [ComponentName(Name = ParameterNames.InitialEmbedding)]
    private Parameter? _initialEmbedding;
    [ComponentName(Name = ParameterNames.PositionEmbedding)]
    private Parameter _positionEmbedding;
    [ComponentName(Name = ParameterNames.SegmentEmbedding)]
    private Parameter _segmentEmbedding;
#pragma warning restore IDE0044
    [ComponentName(Name = ParameterNames.InputProjection)]
    private readonly LinearLayer? _inputProjection;
    [ComponentName(Name = ParameterNames.Encoder)]
    private readonly Encoder _encoder;
    [ComponentName(Name = ParameterNames.Head)]
    private readonly LinearLayer _head;

    private readonly Autocast _numbers;
    private readonly SeededDropout _dropout;
    private readonly SeededDropout _attentionDropout;
    private readonly int _seed;
    private readonly BlockMaskCache _masks = new();
    private FlatParameters? _flat;

    /// <summary>Makes a network with random weights, on the CPU, ready for training.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="seed">Decides the weights, and what dropout leaves out.</param>
    /// <exception cref="ArgumentException">A size is out of its range.</exception>
    public DiscriminatorNetwork(DiscriminatorConfig shape, int seed = 0)
        : this(StateDictionary.Initialize(Check(shape), seed), seed)
    {
    }

    internal DiscriminatorNetwork(StateDictionary weights, int seed = 0)
        : base(nameof(DiscriminatorNetwork))
    {
        using var scope = NewDisposeScope();
        // A parameter made under inference_mode could never be trained.
        using var mode = inference_mode(false);
        Config = weights.Config;
        _numbers = weights.Autocast;
        _seed = seed;
        _dropout = new SeededDropout(Config.Dropout, seed);
        _attentionDropout = new SeededDropout(Config.AttentionDropout, unchecked(seed + 1));
        _initialEmbedding = Config.LearnInitialEmbedding ? weights.ToParameter(ParameterNames.InitialEmbedding) : null;
        _inputProjection = Config.InputProjection ? new LinearLayer(weights, ParameterNames.InputProjection) : null;
        _positionEmbedding = weights.ToParameter(ParameterNames.PositionEmbedding);
        _segmentEmbedding = weights.ToParameter(ParameterNames.SegmentEmbedding);
        _encoder = new Encoder(weights, ParameterNames.Encoder, _dropout);
        _head = new LinearLayer(weights, ParameterNames.Head);
        RegisterComponents();
    }

    /// <summary>The sizes, with nothing left to defaults.</summary>
    public DiscriminatorConfig Config { get; }

    /// <summary>Scores candidates.</summary>
    /// <param name="input1">Combined sequences, (B, 2T, C).</param>
    /// <param name="input2">
    /// Null: the rule of <see cref="NextTokenMask"/>, at the speed of what it leaves to compute. Padding behind a row needs no
    /// mask under that rule: no real token sees it, and the logits of padded candidates are to be ignored. Else the mask,
    /// (2T, 2T) for all rows or (B, 2T, 2T). Boolean: <c>true</c> = may NOT attend, as
    /// <see cref="NextTokenDiscriminator"/> returns it. Floating-point: added to the attention scores, 0 or a bias from -50 to
    /// 50, and negative infinity or at most -10,000 where a query may not attend a key. Every query must be allowed at least
    /// one key.
    /// </param>
    /// <returns>A logit for each candidate, (B, T), the caller's or the caller's dispose scope's.</returns>
    /// <exception cref="ArgumentException">
    /// A shape is another, T exceeds MaxTokens, or the mask means something else than it is read as: it is of integers, lets
    /// context positions attend every candidate as the rule does when inverted, or holds ones and zeros to be added.
    /// </exception>
    public override Tensor forward(Tensor input1, Tensor? input2)
    {
        CheckInput(input1, input2);
        return Run(input1, input2);
    }

    /// <summary>Scores the candidates of a batch, under its own mask whatever its <see cref="MaskKind"/>.</summary>
    /// <param name="batch">
    /// As the stage hands it out: its mask is the next-token rule's, at whose speed this computes, as with a null mask.
    /// </param>
    /// <returns>
    /// A logit for each candidate, (B, P), the caller's or the caller's dispose scope's; those of padding are to be ignored
    /// (<see cref="SequenceBatch.RealTokens"/>).
    /// </returns>
    /// <exception cref="ArgumentException">As the other.</exception>
    public Tensor forward(SequenceBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var mask = BatchMask.FromBatch(batch);
        return forward(batch.Sequences, mask);
    }

    /// <summary>Refuses what <see cref="forward(Tensor, Tensor?)"/> refuses.</summary>
    internal void CheckInput(Tensor sequences, Tensor? mask)
    {
        CheckShapes(sequences, mask);
        if (mask is not null)
            MaskTensor.Check(mask);
    }

    /// <summary>The same with a mask that was read from columns, which were held against what a mask can be.</summary>
    internal Tensor Run(Tensor sequences, Tensor? mask)
    {
        if (training)
            return TrainingPass(sequences, mask, NextPass(), firstRow: 0);
        return is_grad_enabled() ? Compute(sequences, mask) : Score(sequences, mask);
    }

    /// <summary>Refuses shapes that are not this network's.</summary>
    internal void CheckShapes(Tensor sequences, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(sequences);

        var shape = sequences.shape;
        if (shape.Length != 3 || shape[0] == 0 || shape[1] == 0 || shape[1] % 2 != 0 || shape[2] != Config.EmbeddingDimension)
            throw new ArgumentException($"sequences: expected (B, 2T, {Config.EmbeddingDimension}), found {Text(shape)}.", nameof(sequences));
        if (shape[1] / 2 > Config.MaxTokens)
            throw new ArgumentException($"sequences: expected at most {Config.MaxTokens} tokens (MaxTokens), found {shape[1] / 2}.", nameof(sequences));
        long[] one = [shape[1], shape[1]];
        long[] each = [shape[0], .. one];
        if (mask is not null && !mask.shape.AsSpan().SequenceEqual(one) && !mask.shape.AsSpan().SequenceEqual(each))
            throw new ArgumentException($"mask: expected {Text(one)} or {Text(each)}, found {Text(mask.shape)}.", nameof(mask));
    }

    /// <summary>How many passes there were while training: what dropout leaves out next follows from it.</summary>
    internal long Passes { get; set; }

    /// <summary>The number of the next pass while training; counted here.</summary>
    internal long NextPass() => Passes++;

    /// <summary>A pass while training through some of a batch's rows; shapes are checked.</summary>
    /// <param name="sequences">(b, 2T, C).</param>
    /// <param name="mask">As <see cref="forward(Tensor, Tensor?)"/> takes it, of these rows.</param>
    /// <param name="pass">Which, of all while training.</param>
    /// <param name="firstRow">Which of the batch's rows is the first of these.</param>
    /// <returns>(b, T).</returns>
    internal Tensor TrainingPass(Tensor sequences, Tensor? mask, long pass, long firstRow)
    {
        _dropout.Begin(pass, firstRow);
        _attentionDropout.Begin(pass, firstRow);
        return Compute(sequences, mask);
    }

    /// <summary>Another network of the same shape, weights and seed, on the CPU.</summary>
    internal DiscriminatorNetwork Copy() => new(StateDictionary.FromNetwork(this), _seed);

    /// <summary>The learned embedding of position 0, on the CPU; null where it is not learned.</summary>
    /// <returns>C values.</returns>
    public float[]? GetInitialEmbedding() =>
        _initialEmbedding is null ? null : StateDictionary.FromNetwork(this)[ParameterNames.InitialEmbedding];

    /// <summary>Writes the weights as a .safetensors file.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    public void SaveWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        StateDictionary.FromNetwork(this).Save(path);
    }

    /// <summary>Reads the weights from a .safetensors file, as <see cref="SaveWeights"/> and PyTorch write it.</summary>
    /// <exception cref="FormatException">
    /// The file is damaged, or its tensors are not those of this network: 32-bit floats of the same names and shapes. The
    /// network is as it was.
    /// </exception>
    public void LoadWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        StateDictionary.Load(path, Config).CopyTo(this);
    }

    /// <summary>The parameters as views of one flat tensor, from now on and as long as the network stays where it is.</summary>
    internal FlatParameters Flatten()
    {
        var flat = FlatParameters.Create(this, _flat);
        if (flat != _flat)
            _flat?.Dispose();
        return _flat = flat;
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

    private static DiscriminatorConfig Check(DiscriminatorConfig shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape.FindProblem() is { } problem
            ? throw new ArgumentException($"{problem.Option}: {problem.Problem}.", nameof(shape))
            : shape.Resolve();
    }

    private Tensor Compute(Tensor sequences, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var tokens = sequences.shape[1] / 2;
        (sequences, mask) = (sequences.ToTrainable(), mask?.ToTrainable());
        var x = _numbers.ToCompute(WithInitialEmbedding(sequences));
        x = _inputProjection?.forward(x) ?? x;
        var candidates = _encoder.Encode(x.Add(_numbers.ToCompute(PositionEmbeddings(tokens))), SelectKernel(mask, x));
        return _numbers.ToSingle(_head.forward(candidates).squeeze(-1)).MoveToOuterDisposeScope();
    }

    // Rows know nothing of one another: with a row at least for each of libtorch's threads, each thread takes some.
    private Tensor Score(Tensor sequences, Tensor? mask)
    {
        var threads = IntraOpThreads.DivisibleThreads;
        var parts = BatchPartition.Create(sequences, Config.ModelDimension!.Value, threads);
        if (threads == 1)
            return Compute(sequences, mask);
        if (parts.Count < threads)
        {
            // At each operation libtorch's threads wait for one another: beside other work longer than all of it takes.
            using var one = IntraOpThreads.Use(RunsOnOneThread(sequences) ? 1 : threads);
            return Compute(sequences, mask);
        }

        var logits = empty(sequences.shape[0], sequences.shape[1] / 2, dtype: ScalarType.Float32, device: CPU);
        ScoringThreadPool.Run(threads, parts.Count, part => parts.Take(logits, part).copy_(
            Compute(parts.Take(sequences, part), mask?.dim() == 3 ? parts.Take(mask, part) : mask)));
        return logits;
    }

    /// <summary>Whether a batch is so small that other threads are not worth waiting for; on a GPU there are none.</summary>
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

    // Time and half of each position, (2T, D): time i of both halves is the same time.
    private Tensor PositionEmbeddings(long tokens) =>
        _positionEmbedding.narrow(0, 0, tokens).Add(_segmentEmbedding.unsqueeze(1)).flatten(0, 1);

    // Fused calls leave out no shares.
    private IAttentionKernel SelectKernel(Tensor? mask, Tensor input)
    {
        if (training && Config.AttentionDropout > 0)
            return new EagerAttention(Additive(mask ?? BlockMaskCache.CreateFull(input), input.dtype), _attentionDropout);
        if (mask is not null)
            return new FusedAttention(Additive(mask, input.dtype));
        return CpuAttention.IsSupported(input) ? new CpuAttention() : new BlockwiseAttention(_masks);
    }

    private static Tensor Additive(Tensor mask, ScalarType dtype)
    {
        var additive = mask.dtype == ScalarType.Bool
            ? mask.ToAdditiveMask(dtype)
            : mask.to(dtype);
        // A mask per row is shared by the row's heads.
        return additive.dim() == 3 ? additive.unsqueeze(1) : additive;
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}
