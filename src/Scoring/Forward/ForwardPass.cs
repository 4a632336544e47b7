namespace MlNetNtd;

/// <summary>
/// Computes the logits of the candidates of some sequences. Owns its working memory: for one thread at a time, and without
/// allocation once it has seen sequences of these lengths.
/// </summary>
/// <remarks>
/// Call <see cref="Prepare"/> with the lengths, fill the inputs of each sequence, then call <see cref="Run"/>. The positions of all
/// sequences lie side by side, first all contexts, then all candidates, without padding: a linear layer is one product for all,
/// and the last layer, whose context half nobody reads, is a product on the second part.
/// </remarks>
internal abstract class ForwardPass
{
    /// <summary>Computes with this number of positions at a time, if there are as many: enough to reuse weights in the caches.</summary>
    public const int TargetPositions = 256;

    /// <summary>Begins with some sequences.</summary>
    /// <param name="lengths">The number of tokens of each sequence, 1 to MaxTokens.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public abstract void Prepare(ReadOnlySpan<int> lengths, int candidatesPerToken = 1);

    /// <summary>Gets the memory of a sequence's context, T * C values. Position 0 is replaced if the embedding is learned.</summary>
    public abstract Span<float> Context(int sequence);

    /// <summary>Gets the memory of a sequence's candidates, T * K * C values.</summary>
    public abstract Span<float> Candidates(int sequence);

    /// <summary>Computes the logits.</summary>
    /// <param name="logits">Receives the logits of all sequences, one after the other.</param>
    public abstract void Run(Span<float> logits);
}

/// <summary>The forward pass for one vector width.</summary>
/// <param name="weights">The weights, packed for the tiles of this width.</param>
/// <param name="attention">The attention kernel, which belongs to this pass.</param>
internal sealed unsafe class ForwardPass<TOps, TVector>(ForwardWeights weights, AttentionForwardKernel attention) : ForwardPass
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    private const int TileRows = TileKernel<TOps, TVector>.Rows;

    // The inner values of the feed-forward part, in bytes, that stay in a second-level cache.
    private const int InnerBytes = 1 << 19;

    private readonly AlignedBuffer _input = new();
    private readonly AlignedBuffer _x = new();
    private readonly AlignedBuffer _normed = new();
    private readonly AlignedBuffer _projected = new();
    private readonly AlignedBuffer _attended = new();
    private readonly AlignedBuffer _inner = new();
    private int[] _lengths = [];
    private int[] _firsts = [];
    private int _count;
    private int _tokens;
    private int _candidates;

    private int Dimension => weights.Config.EmbeddingDimension;

    private int Width => weights.Width;

    // The positions of all candidates, and of all contexts and candidates.
    private int CandidatePositions => _candidates * _tokens;

    private int Positions => _tokens + CandidatePositions;

    private nint Stride => weights.PaddedWidth;

    private nint ProjectedStride => 3 * (nint)weights.PaddedWidth;

    // Rows of the feed-forward part at a time.
    private int InnerRows => Math.Max(8 * TileRows, InnerBytes / sizeof(float) / weights.Layers[0].Linear1.PaddedColumns / TileRows * TileRows);

    public override void Prepare(ReadOnlySpan<int> lengths, int candidatesPerToken = 1)
    {
        _candidates = candidatesPerToken;
        if (_lengths.Length < lengths.Length)
            (_lengths, _firsts) = (new int[lengths.Length], new int[lengths.Length]);
        lengths.CopyTo(_lengths);
        (_count, _tokens) = (lengths.Length, 0);
        for (var i = 0; i < _count; i++)
        {
            _firsts[i] = _tokens;
            _tokens = checked(_tokens + lengths[i]);
        }

        // A tile may reach beyond the last row.
        var positions = checked((1 + _candidates) * _tokens);
        var rows = (long)positions + TileRows;
        _input.Reserve(rows * Dimension);
        _x.Reserve(rows * Stride);
        _normed.Reserve(rows * Stride);
        _attended.Reserve(rows * Stride);
        _projected.Reserve(rows * ProjectedStride);
        _inner.Reserve((Math.Min(InnerRows, (long)positions) + TileRows) * weights.Layers[0].Linear1.PaddedColumns);
    }

    public override Span<float> Context(int sequence) => Input(_firsts[sequence], _lengths[sequence]);

    public override Span<float> Candidates(int sequence) => Input(FirstCandidate(sequence), _candidates * _lengths[sequence]);

    public override void Run(Span<float> logits)
    {
        Embed();
        for (var i = 0; i < weights.Layers.Length; i++)
            Encode(weights.Layers[i], isLast: i == weights.Layers.Length - 1);
        fixed (float* result = logits)
            Classify(result);
    }

    private int FirstCandidate(int sequence) => _tokens + _candidates * _firsts[sequence];

    private Span<float> Input(int first, int length) => new(_input.Pointer + (nint)first * Dimension, length * Dimension);

    // x = projection(input) + position + segment
    private void Embed()
    {
        for (var i = 0; i < _count; i++)
        {
            weights.InitialEmbedding?.CopyTo(Context(i));
            var count = _lengths[i] * weights.PaddedWidth;
            new ReadOnlySpan<float>(weights.Table(0, 0), count).CopyTo(new Span<float>(_x.Pointer + _firsts[i] * Stride, count));
            var candidates = _x.Pointer + FirstCandidate(i) * Stride;
            if (_candidates == 1)
            {
                new ReadOnlySpan<float>(weights.Table(1, 0), count).CopyTo(new Span<float>(candidates, count));
                continue;
            }

            for (var candidate = 0; candidate < _candidates * _lengths[i]; candidate++)
                new ReadOnlySpan<float>(weights.Table(1, candidate / _candidates), weights.PaddedWidth).CopyTo(new Span<float>(candidates + candidate * Stride, weights.PaddedWidth));
        }

        Linear(_input.Pointer, Dimension, Positions, weights.InputProjection, _x.Pointer, Stride, LinearOutput.Add);
    }

    private void Encode(ForwardLayerWeights layer, bool isLast)
    {
        var (first, rows) = isLast ? (_tokens, CandidatePositions) : (0, Positions);
        Normalize(layer.AttentionNorm, 0, Positions);
        // The last layer's context has no queries. Its tiles reach into the candidates' rows, which are written afterwards.
        if (isLast)
            Linear(_normed.Pointer, Stride, _tokens, layer.Projection, _projected.Pointer, ProjectedStride, LinearOutput.Store, layer.Projection.Panels / 3);
        Linear(_normed.Pointer + first * Stride, Stride, rows, layer.Projection, _projected.Pointer + first * ProjectedStride, ProjectedStride, LinearOutput.Store);
        Attend(contextAttends: !isLast);
        Linear(_attended.Pointer + first * Stride, Stride, rows, layer.Output, _x.Pointer + first * Stride, Stride, LinearOutput.Add);

        Normalize(layer.FeedForwardNorm, first, rows);
        var innerStride = (nint)layer.Linear1.PaddedColumns;
        for (var row = first; row < first + rows; row += InnerRows)
        {
            var count = Math.Min(InnerRows, first + rows - row);
            Linear(_normed.Pointer + row * Stride, Stride, count, layer.Linear1, _inner.Pointer, innerStride, LinearOutput.StoreGelu);
            Linear(_inner.Pointer, innerStride, count, layer.Linear2, _x.Pointer + row * Stride, Stride, LinearOutput.Add);
        }
    }

    private void Attend(bool contextAttends)
    {
        var size = Width / weights.Heads;
        for (var i = 0; i < _count; i++)
        {
            var context = _projected.Pointer + _firsts[i] * ProjectedStride;
            var candidates = _projected.Pointer + FirstCandidate(i) * ProjectedStride;
            var contextOutput = _attended.Pointer + _firsts[i] * Stride;
            var output = _attended.Pointer + FirstCandidate(i) * Stride;
            for (var offset = 0; offset < Width; offset += size)
            {
                var head = new AttentionHead
                {
                    ContextQuery = context + offset,
                    ContextKey = context + Stride + offset,
                    ContextValue = context + 2 * Stride + offset,
                    ContextStride = ProjectedStride,
                    Query = candidates + offset,
                    Key = candidates + Stride + offset,
                    Value = candidates + 2 * Stride + offset,
                    Stride = ProjectedStride,
                };
                attention.Run(head, _lengths[i], _candidates, size, contextAttends ? contextOutput + offset : null, output + offset, Stride);
            }
        }
    }

    private void Normalize(LayerNormWeights norm, int first, int rows)
    {
        for (var row = first; row < first + rows; row++)
            LayerNormKernel<TOps, TVector>.Run(_x.Pointer + row * Stride, Width, norm.Scale, norm.Shift, _normed.Pointer + row * Stride);
    }

    private void Classify(float* logits)
    {
        Normalize(weights.FinalNorm, _tokens, CandidatePositions);
        fixed (float* head = weights.Head)
        {
            for (var i = 0; i < CandidatePositions; i++)
                logits[i] = Reductions<TOps, TVector>.Dot(_normed.Pointer + (_tokens + i) * Stride, head, Width) + weights.HeadBias;
        }
    }

    private static void Linear(float* input, nint inputStride, int rows, PackedMatrix weights, float* result, nint resultStride, LinearOutput output, int firstPanel = 0) =>
        LinearKernel<TOps, TVector>.Run(input, inputStride, rows, weights, result, resultStride, output, firstPanel);
}
