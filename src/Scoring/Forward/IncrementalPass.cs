namespace MlNetNtd;

/// <summary>Rows of one sequence that a pass computes together: tokens to append to its context, or candidates of its next position.</summary>
/// <param name="cache">The keys and values of the sequence's context.</param>
/// <param name="input">The embeddings, (rows, C), in memory that does not move.</param>
/// <param name="rows">The number of rows.</param>
/// <param name="logits">Receives the candidates' logits; null for tokens to append.</param>
internal readonly unsafe struct CachedRows(KeyValueCache cache, float* input, int rows, float* logits)
{
    public readonly KeyValueCache Cache = cache;
    public readonly float* Input = input;
    public readonly int Rows = rows;
    public readonly float* Logits = logits;
}

/// <summary>
/// Computes new tokens of sequences whose context's keys and values are cached. Owns its working memory: for one thread at a time, and
/// without allocation once it has seen as many rows.
/// </summary>
/// <remarks>
/// The rows of all sequences lie side by side: a linear layer is one product for all. Each logit has the same bits as
/// <see cref="ForwardPass"/> gives it.
/// </remarks>
internal abstract class IncrementalPass
{
    /// <summary>Appends tokens to contexts, for which their caches have room.</summary>
    /// <param name="sequences">The tokens to append, each sequence once.</param>
    public abstract void Append(ReadOnlySpan<CachedRows> sequences);

    /// <summary>Computes the logits of candidates of the next position.</summary>
    /// <param name="sequences">The candidates. Their caches are read alone.</param>
    public abstract void Score(ReadOnlySpan<CachedRows> sequences);
}

/// <summary>The pass for one vector width.</summary>
/// <param name="weights">The weights, packed for the tiles of this width.</param>
/// <param name="attention">The attention kernel, which belongs to this pass.</param>
internal sealed unsafe class IncrementalPass<TOps, TVector>(ForwardWeights weights, CachedAttentionKernel attention) : IncrementalPass
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    private const int TileRows = TileKernel<TOps, TVector>.Rows;

    // Rows of the feed-forward part at a time: its inner values stay in the caches.
    private const int InnerRows = 16 * TileRows;

    private readonly AlignedBuffer _input = new();
    private readonly AlignedBuffer _x = new();
    private readonly AlignedBuffer _normed = new();
    private readonly AlignedBuffer _projected = new();
    private readonly AlignedBuffer _attended = new();
    private readonly AlignedBuffer _inner = new();
    private int _rows;

    private int Dimension => weights.Config.EmbeddingDimension;

    private int Width => weights.Width;

    private nint Stride => weights.PaddedWidth;

    private nint ProjectedStride => 3 * (nint)weights.PaddedWidth;

    public override void Append(ReadOnlySpan<CachedRows> sequences)
    {
        Embed(sequences, segment: 0);
        for (var i = 0; i < weights.Layers.Length; i++)
        {
            var layer = weights.Layers[i];
            // Nobody reads the last layer's output: its keys and values are enough.
            var isLast = i == weights.Layers.Length - 1;
            Normalize(layer.AttentionNorm);
            Linear(_normed.Pointer, Stride, _rows, layer.Projection, _projected.Pointer, ProjectedStride, LinearOutput.Store, isLast ? layer.Projection.Panels / 3 : 0);
            Store(sequences, i);
            if (isLast)
                break;
            Attend(sequences, i);
            FeedForward(layer);
        }

        foreach (var sequence in sequences)
            sequence.Cache.Count += sequence.Rows;
    }

    public override void Score(ReadOnlySpan<CachedRows> sequences)
    {
        Embed(sequences, segment: 1);
        for (var i = 0; i < weights.Layers.Length; i++)
        {
            var layer = weights.Layers[i];
            Normalize(layer.AttentionNorm);
            Linear(_normed.Pointer, Stride, _rows, layer.Projection, _projected.Pointer, ProjectedStride, LinearOutput.Store);
            Attend(sequences, i);
            FeedForward(layer);
        }

        Classify(sequences);
    }

    // x = projection(input) + position + segment
    private void Embed(ReadOnlySpan<CachedRows> sequences, int segment)
    {
        _rows = 0;
        foreach (var sequence in sequences)
            _rows = checked(_rows + sequence.Rows);
        // A tile may reach beyond the last row.
        var rows = (long)_rows + TileRows;
        _input.Reserve(rows * Dimension);
        _x.Reserve(rows * Stride);
        _normed.Reserve(rows * Stride);
        _attended.Reserve(rows * Stride);
        _projected.Reserve(rows * ProjectedStride);
        _inner.Reserve((Math.Min(InnerRows, _rows) + TileRows) * (long)weights.Layers[0].Linear1.PaddedColumns);

        var row = 0;
        foreach (var sequence in sequences)
        {
            var count = sequence.Rows * Dimension;
            new ReadOnlySpan<float>(sequence.Input, count).CopyTo(new Span<float>(_input.Pointer + (nint)row * Dimension, count));
            for (var i = 0; i < sequence.Rows; i++, row++)
            {
                // All candidates stand at the last time of the context.
                var time = segment == 0 ? sequence.Cache.Count + i : sequence.Cache.Count - 1;
                new ReadOnlySpan<float>(weights.Table(segment, time), (int)Stride).CopyTo(new Span<float>(_x.Pointer + row * Stride, (int)Stride));
            }
        }

        Linear(_input.Pointer, Dimension, _rows, weights.InputProjection, _x.Pointer, Stride, LinearOutput.Add);
    }

    private void Store(ReadOnlySpan<CachedRows> sequences, int layer)
    {
        var size = Width / weights.Heads;
        var projected = _projected.Pointer;
        foreach (var sequence in sequences)
        {
            for (var i = 0; i < sequence.Rows; i++, projected += ProjectedStride)
            {
                for (var head = 0; head < weights.Heads; head++)
                    sequence.Cache.Write(layer, head, sequence.Cache.Count + i, projected + Stride + head * size, projected + 2 * Stride + head * size);
            }
        }
    }

    private void Attend(ReadOnlySpan<CachedRows> sequences, int layer)
    {
        var size = Width / weights.Heads;
        nint row = 0;
        foreach (var sequence in sequences)
        {
            var isCandidate = sequence.Logits is not null;
            for (var head = 0; head < weights.Heads; head++)
            {
                var query = _projected.Pointer + row * ProjectedStride + head * size;
                var cached = new CachedHead
                {
                    ContextKeys = sequence.Cache.Keys(layer, head),
                    ContextValues = sequence.Cache.Values(layer, head),
                    // A token that is appended attends itself, too.
                    Visible = isCandidate ? sequence.Cache.Count : sequence.Cache.Count + 1,
                    Query = query,
                    Key = isCandidate ? query + Stride : null,
                    Value = query + 2 * Stride,
                    Stride = ProjectedStride,
                };
                attention.Run(cached, sequence.Rows, size, _attended.Pointer + row * Stride + head * size, Stride);
            }

            row += sequence.Rows;
        }
    }

    private void FeedForward(ForwardLayerWeights layer)
    {
        Linear(_attended.Pointer, Stride, _rows, layer.Output, _x.Pointer, Stride, LinearOutput.Add);
        Normalize(layer.FeedForwardNorm);
        var innerStride = (nint)layer.Linear1.PaddedColumns;
        for (var row = 0; row < _rows; row += InnerRows)
        {
            var count = Math.Min(InnerRows, _rows - row);
            Linear(_normed.Pointer + row * Stride, Stride, count, layer.Linear1, _inner.Pointer, innerStride, LinearOutput.StoreGelu);
            Linear(_inner.Pointer, innerStride, count, layer.Linear2, _x.Pointer + row * Stride, Stride, LinearOutput.Add);
        }
    }

    private void Classify(ReadOnlySpan<CachedRows> sequences)
    {
        Normalize(weights.FinalNorm);
        var normed = _normed.Pointer;
        fixed (float* head = weights.Head)
        {
            foreach (var sequence in sequences)
            {
                for (var i = 0; i < sequence.Rows; i++, normed += Stride)
                    sequence.Logits[i] = Reductions<TOps, TVector>.Dot(normed, head, Width) + weights.HeadBias;
            }
        }
    }

    private void Normalize(LayerNormWeights norm)
    {
        for (nint row = 0; row < _rows; row++)
            LayerNormKernel<TOps, TVector>.Run(_x.Pointer + row * Stride, Width, norm.Scale, norm.Shift, _normed.Pointer + row * Stride);
    }

    private static void Linear(float* input, nint inputStride, int rows, PackedMatrix weights, float* result, nint resultStride, LinearOutput output, int firstPanel = 0) =>
        LinearKernel<TOps, TVector>.Run(input, inputStride, rows, weights, result, resultStride, output, firstPanel);
}
