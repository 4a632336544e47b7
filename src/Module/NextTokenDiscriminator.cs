using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Builds the input of a discriminator that scores each predicted token from the real tokens before it: the combined sequence and
/// its attention mask.
/// </summary>
/// <remarks>
/// <para>
/// For real embeddings <c>prev</c> and predicted embeddings <c>curr</c>, both (B, T, C), the combined sequence, (B, 2T, C), is the
/// learnable initial embedding, then <c>prev</c> without its last token, then <c>curr</c>. The mask, (2T, 2T), is <c>true</c> where
/// a query may NOT attend a key: the convention of <c>nn.MultiheadAttention</c> and <c>nn.Transformer</c>.
/// <c>scaled_dot_product_attention</c> uses the opposite for Booleans. <see cref="NextTokenMask"/> defines the rule.
/// </para>
/// <para>
/// State dictionaries are interchangeable with the original's: one parameter, <c>init_emb</c>, (1, 1, C). The buffers
/// <c>causal_mask</c> and <c>curr_mask</c>, (max_tsz, max_tsz), are not persistent.
/// </para>
/// <para>
/// Source: <c>ml.utils.attention.NextTokenDiscriminator</c> (PyTorch).
/// </para>
/// </remarks>
public sealed class NextTokenDiscriminator : nn.Module<Tensor, Tensor, (Tensor Sequences, Tensor Mask)>
{
    private const string InitialEmbeddingName = "init_emb";
    private const string CausalMaskName = "causal_mask";
    private const string CurrentMaskName = "curr_mask";

    // TorchSharp finds these fields by their component names. It assigns the parameter's field by reflection when the module moves
    // to another device or type.
#pragma warning disable IDE0044
    [ComponentName(Name = InitialEmbeddingName)]
    private Parameter _initialEmbedding;
#pragma warning restore IDE0044
    [ComponentName(Name = CausalMaskName)]
    private Tensor _causalMask;
    [ComponentName(Name = CurrentMaskName)]
    private Tensor _currentMask;

    /// <summary>Initializes the module with an initial embedding of zeros.</summary>
    /// <param name="embDim">C, the embedding dimension; positive.</param>
    /// <param name="maxTsz">
    /// The maximum length of a sequence, in tokens; positive. The module keeps two masks of (maxTsz, maxTsz).
    /// </param>
    /// <param name="device">The device of parameters and buffers; null for TorchSharp's default.</param>
    /// <param name="dtype">The floating-point type of the initial embedding; null for TorchSharp's default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the mask would not fit one array.</exception>
    /// <exception cref="InvalidOperationException">Native libtorch cannot be loaded; the message names the package to add.</exception>
    public NextTokenDiscriminator(long embDim, long maxTsz, Device? device = null, ScalarType? dtype = null)
        : base(LibTorchProbe.NameOnceLoaded(nameof(NextTokenDiscriminator)))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embDim);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTsz);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxTsz, NextTokenMask.MaxTokens);

        // The module owns its components, which outlive any dispose scope of the caller.
        _initialEmbedding = new Parameter(zeros(1, 1, embDim, dtype: dtype, device: device));
        _initialEmbedding.DetachFromDisposeScope();
        _causalMask = Quadrant((int)maxTsz, half: 0, device);
        _currentMask = Quadrant((int)maxTsz, half: 1, device);

        register_buffer(CausalMaskName, _causalMask, persistent: false);
        register_buffer(CurrentMaskName, _currentMask, persistent: false);
        RegisterComponents();
    }

    /// <summary>Gets C, the embedding dimension.</summary>
    public long EmbeddingDimension => _initialEmbedding.shape[2];

    /// <summary>Gets the maximum length of a sequence, in tokens.</summary>
    public long MaxTokens => _causalMask.shape[0];

    /// <summary>Gets the learnable embedding at position 0, (1, 1, C). The module owns it: do not dispose it.</summary>
    public Parameter InitialEmbedding => _initialEmbedding;

    /// <summary>Sets the initial embedding to zeros, as the original does.</summary>
#pragma warning disable IDE1006, CA1707 // The name is the original's, and TorchSharp's own modules use it.
    public void reset_parameters()
#pragma warning restore IDE1006, CA1707
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        nn.init.zeros_(_initialEmbedding);
    }

    /// <summary>Copies the values of <see cref="InitialEmbedding"/> to the CPU.</summary>
    /// <returns>C values, rounded to Single if the module holds another type.</returns>
    public float[] GetInitialEmbedding()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return _initialEmbedding.to(ScalarType.Float32).cpu().data<float>().ToArray();
    }

    /// <summary>Sets the values of <see cref="InitialEmbedding"/>, converted to its type and device.</summary>
    /// <param name="values">C values.</param>
    /// <exception cref="ArgumentException">The number of values is not C.</exception>
    public void SetInitialEmbedding(ReadOnlySpan<float> values)
    {
        if (values.Length != EmbeddingDimension)
            throw new ArgumentException($"Expected C = {EmbeddingDimension} values, found {values.Length}.", nameof(values));

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _initialEmbedding.copy_(tensor(values.ToArray(), [1, 1, values.Length]));
    }

    /// <summary>Combines real and predicted embeddings.</summary>
    /// <param name="input1">
    /// prev: the real embeddings, (B, T, C), unshifted; the module shifts them. The last token is never used.
    /// </param>
    /// <param name="input2">curr: the predicted embeddings, (B, T, C).</param>
    /// <returns>
    /// The combined sequences, (B, 2T, C), and the mask, (2T, 2T), where <c>true</c> means may not attend. Both belong to the
    /// caller, or to the caller's dispose scope.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An input is not (B, T, C), the two shapes differ, C is not the module's, or T exceeds <see cref="MaxTokens"/> (where the
    /// original returns a mask of the wrong size).
    /// </exception>
    public override (Tensor Sequences, Tensor Mask) forward(Tensor input1, Tensor input2) => forward(input1, input2, candidatesPerToken: 1);

    /// <summary>Combines real embeddings with several candidates for each token. The original has one (K = 1).</summary>
    /// <param name="prev">The real embeddings, (B, T, C), unshifted.</param>
    /// <param name="curr">The candidates, (B, T * K, C): the K candidates of a token are neighbors.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>
    /// The combined sequences, (B, T + T * K, C), and the mask, (T + T * K, T + T * K), as <see cref="forward(Tensor, Tensor)"/> returns
    /// them.
    /// </returns>
    /// <exception cref="ArgumentException">A shape is invalid as for <see cref="forward(Tensor, Tensor)"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">K is not positive, or the mask would not fit one array.</exception>
    public (Tensor Sequences, Tensor Mask) forward(Tensor prev, Tensor curr, int candidatesPerToken)
    {
        CheckShapes(prev, curr, candidatesPerToken);
        var (batch, tokens, dimension) = (prev.shape[0], prev.shape[1], prev.shape[2]);

        using var scope = NewDisposeScope();
        var start = _initialEmbedding.expand(batch, 1, dimension);
        var sequences = cat([start, prev.narrow(1, 0, tokens - 1), curr], dim: 1);
        return scope.MoveToOuter(sequences, Mask(tokens, candidatesPerToken));
    }

    /// <summary>Prepares a combination that runs repeatedly on the same memory.</summary>
    /// <param name="prev">The real embeddings, (B, T, C).</param>
    /// <param name="curr">The predicted embeddings, (B, T * K, C).</param>
    /// <param name="sequences">Receives the sequences of <see cref="forward(Tensor, Tensor, int)"/>, (B, T + T * K, C).</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>The prepared combination. Each run reads the current values of the inputs and of the initial embedding.</returns>
    /// <exception cref="ArgumentException">
    /// A shape is invalid as for <see cref="forward(Tensor, Tensor)"/>, or the result is not (B, T + T * K, C).
    /// </exception>
    internal PreparedForward Prepare(Tensor prev, Tensor curr, Tensor sequences, int candidatesPerToken = 1)
    {
        CheckShapes(prev, curr, candidatesPerToken);
        long[] expected = [prev.shape[0], (1 + candidatesPerToken) * prev.shape[1], prev.shape[2]];
        if (!sequences.shape.AsSpan().SequenceEqual(expected))
            throw new ArgumentException($"sequences: expected {Text(expected)}, found {Text(sequences.shape)}.", nameof(sequences));
        return new PreparedForward(_initialEmbedding, prev, curr, sequences);
    }

    /// <summary>Creates the mask for T tokens, (T + T * K, T + T * K), on the module's device; <c>true</c> means may not attend.</summary>
    /// <param name="tokens">T, 1 to <see cref="MaxTokens"/>.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>A new tensor, which belongs to the caller or to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">T or K is out of range.</exception>
    public Tensor Mask(long tokens, int candidatesPerToken = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, Math.Min(MaxTokens, NextTokenMask.GetMaxTokens(candidatesPerToken)));

        using var scope = NewDisposeScope();
        var causal = _causalMask.narrow(0, 0, tokens).narrow(1, 0, tokens);
        var current = _currentMask.narrow(0, 0, tokens).narrow(1, 0, tokens);
        if (candidatesPerToken > 1)
        {
            var count = tokens * candidatesPerToken;
            var others = eye(count, dtype: ScalarType.Bool, device: causal.device).logical_not();
            return cat(
                [
                    cat([causal, ones_like(others).narrow(0, 0, tokens)], dim: 1),
                    cat([causal.repeat_interleave(candidatesPerToken, 0), others], dim: 1),
                ],
                dim: 0).MoveToOuterDisposeScope();
        }

        var context = cat([causal, ones_like(current)], dim: 1);
        var candidates = cat([causal, current], dim: 1);
        return cat([context, candidates], dim: 0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        base._to(device, dtype, non_blocking);
        return MoveMasks(device.type, device.index);
    }

    /// <inheritdoc/>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        base._to(deviceType, deviceIndex, non_blocking);
        return MoveMasks(deviceType, deviceIndex);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _causalMask.Dispose();
            _currentMask.Dispose();
        }

        base.Dispose(disposing);
    }

    // TorchSharp neither moves nor disposes buffers that are not persistent.
    private NextTokenDiscriminator MoveMasks(DeviceType deviceType, int deviceIndex)
    {
        _causalMask = Move(_causalMask);
        _currentMask = Move(_currentMask);
        _internal_buffers[CausalMaskName] = (_causalMask, false);
        _internal_buffers[CurrentMaskName] = (_currentMask, false);
        return this;

        Tensor Move(Tensor mask)
        {
            if (mask.device_type == deviceType && mask.device_index == deviceIndex)
                return mask;
            var moved = mask.to(deviceType, deviceIndex).DetachFromDisposeScope();
            mask.Dispose();
            return moved;
        }
    }

    private void CheckShapes(Tensor prev, Tensor curr, int candidatesPerToken)
    {
        ArgumentNullException.ThrowIfNull(prev);
        ArgumentNullException.ThrowIfNull(curr);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(candidatesPerToken);

        var shape = prev.shape;
        if (shape.Length != 3)
            throw new ArgumentException($"prev: expected (B, T, C), found {Text(shape)}.", nameof(prev));
        if (candidatesPerToken == 1 && !shape.AsSpan().SequenceEqual(curr.shape))
            throw new ArgumentException($"curr: expected the shape of prev, {Text(shape)}, found {Text(curr.shape)}.", nameof(curr));
        long[] expected = [shape[0], candidatesPerToken * shape[1], shape[2]];
        if (!expected.AsSpan().SequenceEqual(curr.shape))
        {
            throw new ArgumentException(
                $"curr: expected {Text(expected)}, {candidatesPerToken} candidates for each token of prev, {Text(shape)}, found {Text(curr.shape)}.", nameof(curr));
        }

        if (shape[0] == 0 || shape[1] == 0)
            throw new ArgumentException($"prev: expected at least one row and one token, found {Text(shape)}.", nameof(prev));
        if (shape[2] != EmbeddingDimension)
            throw new ArgumentException($"prev: expected C = {EmbeddingDimension}, found {Text(shape)}.", nameof(prev));
        if (shape[1] > MaxTokens)
            throw new ArgumentException($"prev: expected at most {MaxTokens} tokens (maxTsz), found {Text(shape)}.", nameof(prev));
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";

    // The rule within one half of the longest sequence: half 0 is the context, half 1 the candidates.
    private static Tensor Quadrant(int side, int half, Device? device)
    {
        var blocked = new bool[side * side];
        var first = half * side;
        for (var query = 0; query < side; query++)
        {
            for (var key = 0; key < side; key++)
                blocked[query * side + key] = NextTokenMask.IsBlocked(first + query, first + key, side);
        }

        return tensor(blocked, [side, side], dtype: ScalarType.Bool, device: device).DetachFromDisposeScope();
    }
}
