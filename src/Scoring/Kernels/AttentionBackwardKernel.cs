using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>The forward pass's results that the backward pass of one head reads, and the gradients that it begins with.</summary>
internal unsafe struct AttentionOutputs
{
    /// <summary>The context's output; not read if its queries do not attend.</summary>
    public float* ContextOutput;

    /// <summary>The candidates' output.</summary>
    public float* Output;

    /// <summary>The gradient of the context's output; not read if its queries do not attend.</summary>
    public float* ContextGradient;

    /// <summary>The gradient of the candidates' output.</summary>
    public float* Gradient;

    /// <summary>The distance from one row of the outputs and their gradients to the next.</summary>
    public nint Stride;

    /// <summary>The statistics of each query's softmax, as the forward kernel writes them.</summary>
    public float* Statistics;
}

/// <summary>Computes the gradients of attention of one head of one sequence under the next-token rule.</summary>
internal abstract unsafe class AttentionBackwardKernel
{
    /// <summary>Computes the gradients of queries, keys and values. The probabilities are recomputed from the statistics.</summary>
    /// <param name="head">The head's queries, keys and values. Queries are already scaled.</param>
    /// <param name="outputs">The outputs and their gradients.</param>
    /// <param name="tokens">T.</param>
    /// <param name="candidates">K, the number of candidates of each token.</param>
    /// <param name="size">The dimension of a head.</param>
    /// <param name="contextAttends">Whether the context's queries attend.</param>
    /// <param name="scale">The factor by which queries were scaled.</param>
    /// <param name="gradient">
    /// Receives the gradients, those of queries before scaling. The context's queries receive none if they do not attend.
    /// </param>
    public abstract void Run(
        in AttentionHead head, in AttentionOutputs outputs, int tokens, int candidates, int size, bool contextAttends, float scale, in AttentionHead gradient);
}

/// <summary>The kernel for one vector width.</summary>
/// <remarks>
/// <para>
/// With P = softmax(Q K^T) and O = P V: dV = P^T dO, dS = P (dO V^T - sum(dO O)), dQ = dS K and dK = dS^T Q. Queries are processed
/// in tiles of six as in the forward kernel, and the keys' and values' gradients block by block of eight tiles: their products need
/// more than six terms to be fast. Of each block, keys read only the queries at or after their own time.
/// </para>
/// <para>Not thread-safe: the kernel owns working memory.</para>
/// </remarks>
internal sealed unsafe class AttentionBackwardKernel<TOps, TVector> : AttentionBackwardKernel
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    private const int TileRows = TileKernel<TOps, TVector>.Rows;
    private const int BlockTiles = 8;
    private const int BlockRows = BlockTiles * TileRows;

    // One cache line. Rows whose distance is a power of two share few lines of a cache.
    private const int Gap = 16;

    private readonly AlignedBuffer _keyPanels = new();
    private readonly AlignedBuffer _valuePanels = new();
    private readonly AlignedBuffer _keys = new();
    private readonly AlignedBuffer _queries = new();
    private readonly AlignedBuffer _outputGradients = new();
    private readonly AlignedBuffer _probabilities = new();
    private readonly AlignedBuffer _scoreGradients = new();
    private readonly AlignedBuffer _queryGradients = new();
    private readonly AlignedBuffer _keyGradients = new();
    private readonly AlignedBuffer _valueGradients = new();
    private readonly LastScores<TOps, TVector> _last = new();

    private static int TileColumns => TileKernel<TOps, TVector>.Columns;

    public override void Run(
        in AttentionHead head, in AttentionOutputs outputs, int tokens, int candidates, int size, bool contextAttends, float scale, in AttentionHead gradient)
    {
        var queries = new QueryOrder(contextAttends, candidates);
        var paddedSize = (int)PackedMatrix.RoundUp(size, TOps.Count);
        var stride = Reserve(tokens, size, paddedSize);
        PackColumns(head.ContextKey, head.ContextStride, tokens, size, _keyPanels.Pointer);
        PackColumns(head.ContextValue, head.ContextStride, tokens, size, _valuePanels.Pointer);
        for (var time = 0; time < tokens; time++)
            CopyRow(head.ContextKey + time * head.ContextStride, size, _keys.Pointer + (nint)time * paddedSize);

        var own = stackalloc float[BlockRows];
        var count = tokens * queries.PerTime;
        for (var first = 0; first < count; first += BlockRows)
        {
            var block = new QueryBlock(queries, tokens, first, Math.Min(BlockRows, count - first));
            PackQueries(head, outputs, block, size, paddedSize);
            for (var row = 0; row < block.Rows; row += TileRows)
                ComputeTile(head, outputs, block, row, Math.Min(row + TileRows, block.Rows), size, paddedSize, stride, own, gradient);
            AddKeyGradients(_probabilities.Pointer, _outputGradients.Pointer, _valueGradients.Pointer, block, paddedSize, stride);
            AddKeyGradients(_scoreGradients.Pointer, _queries.Pointer, _keyGradients.Pointer, block, paddedSize, stride);
            for (var row = 0; row < block.Rows; row++)
                FinishQuery(head, block, row, own[row], scale, size, paddedSize, gradient);
        }

        for (var time = 0; time < tokens; time++)
        {
            CopyRow(_keyGradients.Pointer + (nint)time * paddedSize, size, gradient.ContextKey + time * gradient.ContextStride);
            CopyRow(_valueGradients.Pointer + (nint)time * paddedSize, size, gradient.ContextValue + time * gradient.ContextStride);
        }
    }

    // Returns the distance from one row of probabilities to the next.
    private int Reserve(int tokens, int size, int paddedSize)
    {
        var paddedKeys = PackedMatrix.RoundUp(tokens, TileColumns);
        var stride = paddedKeys + Gap;
        _keyPanels.Reserve(paddedKeys * size);
        _valuePanels.Reserve(paddedKeys * size);
        _keys.Reserve((long)tokens * paddedSize);
        _queries.Reserve((long)BlockRows * paddedSize);
        _outputGradients.Reserve((long)BlockRows * paddedSize);
        _queryGradients.Reserve((long)BlockRows * paddedSize);
        _probabilities.Reserve(BlockRows * stride);
        _scoreGradients.Reserve(BlockRows * stride);
        // A tile of keys may reach beyond the last one.
        var gradients = (tokens + TileRows) * paddedSize;
        _keyGradients.Reserve(gradients);
        _valueGradients.Reserve(gradients);
        _keyGradients.Span(gradients).Clear();
        _valueGradients.Span(gradients).Clear();
        return (int)stride;
    }

    // Probabilities, the gradients of scores and of queries, six queries [row, end) of the block.
    private void ComputeTile(
        in AttentionHead head, in AttentionOutputs outputs, in QueryBlock block, int row, int end, int size, int paddedSize, int stride,
        float* own, in AttentionHead gradient)
    {
        var visible = block.GetTime(end - 1) + 1;
        var columns = (int)PackedMatrix.RoundUp(visible, TileColumns);
        var query = _queries.Pointer + row * paddedSize;
        var outputGradient = _outputGradients.Pointer + row * paddedSize;
        var probabilities = _probabilities.Pointer + (nint)row * stride;
        var scoreGradients = _scoreGradients.Pointer + (nint)row * stride;
        for (var column = 0; column < columns; column += TileColumns)
        {
            var panel = (nint)column * size;
            TileKernel<TOps, TVector>.Multiply(query, paddedSize, 1, _keyPanels.Pointer + panel, TileColumns, size, probabilities + column, stride, accumulate: false);
            TileKernel<TOps, TVector>.Multiply(outputGradient, paddedSize, 1, _valuePanels.Pointer + panel, TileColumns, size, scoreGradients + column, stride, accumulate: false);
        }

        // Keys are read in tiles of six.
        var zeroEnd = Math.Max(columns, visible + TileRows);
        for (var i = row; i < end; i++)
        {
            var (time, candidate) = block.Locate(i);
            var statistics = outputs.Statistics + block.Queries.GetStatistics(time, candidate);
            var output = candidate >= 0 ? outputs.Output + candidate * outputs.Stride : outputs.ContextOutput + time * outputs.Stride;
            var dOutput = _outputGradients.Pointer + i * paddedSize;
            var mean = Reductions<TOps, TVector>.Dot(dOutput, output, size);
            ScoreGradients(_probabilities.Pointer + (nint)i * stride, _scoreGradients.Pointer + (nint)i * stride, time + 1, zeroEnd, statistics[0], statistics[1], mean, _last);
            if (candidate >= 0)
                own[i] = OwnGradients(head, _queries.Pointer + i * paddedSize, dOutput, candidate, size, statistics[0], statistics[1], mean, gradient);
        }

        TileKernel<TOps, TVector>.MultiplyColumns(
            scoreGradients, stride, 1, _keys.Pointer, paddedSize, visible, _queryGradients.Pointer + row * paddedSize, paddedSize, paddedSize, accumulate: false);
    }

    // Replaces scores by probabilities, and their gradients by those of scores. Both are 0 from count to end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoreGradients(float* scores, float* gradients, int count, int end, float largest, float factor, float mean, LastScores<TOps, TVector> last)
    {
        var (maxima, factors, means) = (TOps.Broadcast(largest), TOps.Broadcast(factor), TOps.Broadcast(mean));
        var whole = count / TOps.Count * TOps.Count;
        var i = 0;
        for (; i < whole; i += TOps.Count)
            ScoreGradients(scores + i, gradients + i, TOps.Subtract(TOps.Load(scores + i), maxima), factors, means);
        if (whole < count)
        {
            // Scores of keys that the query does not attend may be above the largest one.
            var shifted = last.Lower(TOps.Subtract(TOps.Load(scores + i), maxima), count - whole);
            ScoreGradients(scores + i, gradients + i, shifted, factors, means);
            TOps.Store(scores + i, last.Clear(TOps.Load(scores + i), count - whole));
            TOps.Store(gradients + i, last.Clear(TOps.Load(gradients + i), count - whole));
            i += TOps.Count;
        }

        for (; i < end; i += TOps.Count)
        {
            TOps.Store(scores + i, TOps.Broadcast(0));
            TOps.Store(gradients + i, TOps.Broadcast(0));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScoreGradients(float* scores, float* gradients, TVector shifted, TVector factors, TVector means)
    {
        var probability = TOps.Multiply(Elementary<TOps, TVector>.Exp(shifted), factors);
        TOps.Store(scores, probability);
        TOps.Store(gradients, TOps.Multiply(probability, TOps.Subtract(TOps.Load(gradients), means)));
    }

    // The candidate's own key and value. Returns the gradient of its own score.
    private static float OwnGradients(
        in AttentionHead head, float* query, float* outputGradient, int candidate, int size, float largest, float factor, float mean, in AttentionHead gradient)
    {
        var score = Reductions<TOps, TVector>.Dot(query, head.Key + candidate * head.Stride, size);
        var probability = MathF.Exp(score - largest) * factor;
        var own = probability * (Reductions<TOps, TVector>.Dot(outputGradient, head.Value + candidate * head.Stride, size) - mean);
        ScaleRow(query, own, size, gradient.Key + candidate * gradient.Stride);
        ScaleRow(outputGradient, probability, size, gradient.Value + candidate * gradient.Stride);
        return own;
    }

    // Adds factors^T rows, where the factors are probabilities or the gradients of scores, to the gradients of keys or values.
    private static void AddKeyGradients(float* factors, float* rows, float* gradients, in QueryBlock block, int paddedSize, int stride)
    {
        var end = block.GetTime(block.Rows - 1) + 1;
        for (var key = 0; key < end; key += TileRows)
        {
            var start = block.GetFirstRow(key);
            TileKernel<TOps, TVector>.MultiplyColumns(
                factors + (nint)start * stride + key, 1, stride, rows + (nint)start * paddedSize, paddedSize, block.Rows - start,
                gradients + (nint)key * paddedSize, paddedSize, paddedSize, accumulate: true);
        }
    }

    private void FinishQuery(in AttentionHead head, in QueryBlock block, int row, float own, float scale, int size, int paddedSize, in AttentionHead gradient)
    {
        var (time, candidate) = block.Locate(row);
        var source = _queryGradients.Pointer + row * paddedSize;
        if (candidate >= 0)
            ScaleRow(source, scale, size, gradient.Query + candidate * gradient.Stride, head.Key + candidate * head.Stride, own * scale);
        else
            ScaleRow(source, scale, size, gradient.ContextQuery + time * gradient.ContextStride);
    }

    // (T, size) to panels of (size, tile's width). Columns beyond the last are 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackColumns(float* rows, nint stride, int tokens, int size, float* panels)
    {
        var width = TileColumns;
        for (var first = 0; first < tokens; first += width)
        {
            var panel = panels + (nint)first * size;
            var count = Math.Min(width, tokens - first);
            if (count < width)
                new Span<float>(panel, width * size).Clear();
            for (var i = 0; i < count; i++)
            {
                var row = rows + (first + i) * stride;
                for (var d = 0; d < size; d++)
                    panel[d * width + i] = row[d];
            }
        }
    }

    private void PackQueries(in AttentionHead head, in AttentionOutputs outputs, in QueryBlock block, int size, int paddedSize)
    {
        for (var row = 0; row < block.Rows; row++)
        {
            var (time, candidate) = block.Locate(row);
            var (query, gradient) = candidate >= 0
                ? ((nint)(head.Query + candidate * head.Stride), (nint)(outputs.Gradient + candidate * outputs.Stride))
                : ((nint)(head.ContextQuery + time * head.ContextStride), (nint)(outputs.ContextGradient + time * outputs.Stride));
            CopyRow((float*)query, size, _queries.Pointer + row * paddedSize);
            CopyRow((float*)gradient, size, _outputGradients.Pointer + row * paddedSize);
        }
    }

    /// <summary>Consecutive queries of a sequence.</summary>
    /// <param name="queries">The order of the sequence's queries.</param>
    /// <param name="tokens">T.</param>
    /// <param name="first">The index of the first query.</param>
    /// <param name="rows">The number of queries.</param>
    private readonly struct QueryBlock(QueryOrder queries, int tokens, int first, int rows)
    {
        public readonly QueryOrder Queries = queries;
        public readonly int Rows = rows;

        public int GetTime(int row) => Queries.GetTime(first + row);

        public (int Time, int Candidate) Locate(int row) => Queries.Locate(first + row, tokens);

        /// <summary>Gets the first of these queries that attends a key of the context, if any does.</summary>
        public int GetFirstRow(int key) => Math.Max(0, key * Queries.PerTime - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow(float* source, int size, float* target) => RowKernel<TOps, TVector>.Copy(source, size, target);

    // target = factor values
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleRow(float* values, float factor, int size, float* target)
    {
        var factors = TOps.Broadcast(factor);
        var i = 0;
        for (; i <= size - TOps.Count; i += TOps.Count)
            TOps.Store(target + i, TOps.Multiply(TOps.Load(values + i), factors));
        for (; i < size; i++)
            target[i] = values[i] * factor;
    }

    // target = factor values + ownFactor own
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleRow(float* values, float factor, int size, float* target, float* own, float ownFactor)
    {
        var (factors, ownFactors) = (TOps.Broadcast(factor), TOps.Broadcast(ownFactor));
        var i = 0;
        for (; i <= size - TOps.Count; i += TOps.Count)
            TOps.Store(target + i, TOps.MultiplyAdd(TOps.Load(own + i), ownFactors, TOps.Multiply(TOps.Load(values + i), factors)));
        for (; i < size; i++)
            target[i] = values[i] * factor + own[i] * ownFactor;
    }
}
