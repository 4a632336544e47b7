using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Computes attention of one head of one sequence under the next-token rule.</summary>
internal abstract unsafe class AttentionForwardKernel
{
    /// <summary>Computes the outputs of one head.</summary>
    /// <param name="head">The head's queries, keys and values. Queries are already scaled by 1 / sqrt(size).</param>
    /// <param name="tokens">T.</param>
    /// <param name="candidates">K, the number of candidates of each token.</param>
    /// <param name="size">The dimension of a head.</param>
    /// <param name="contextOutput">Receives the context's output; null: the context's queries do not attend.</param>
    /// <param name="output">Receives the candidates' output.</param>
    /// <param name="outputStride">The distance from one row of the outputs to the next.</param>
    /// <param name="statistics">
    /// Receives the statistics of each query's softmax, which the backward pass reads: at time t, those of the context's query, then
    /// those of the K candidates', two values each: the largest score, and 1 / the sum of exp(score - largest score). Null: not needed.
    /// </param>
    public abstract void Run(
        in AttentionHead head, int tokens, int candidates, int size, float* contextOutput, float* output, nint outputStride, float* statistics = null);
}

/// <summary>The kernel for one vector width.</summary>
/// <remarks>
/// <para>
/// A query at time t attends the context's keys [0, t]; a candidate's query also attends its own key, which is computed separately.
/// So all queries of a time attend the same keys of the context. Queries are processed in tiles of six, in order of time: with one
/// candidate for each token a tile has the two queries of three times, or, if the context does not attend, those of six. Keys after a
/// tile's last time are not computed, except to fill up a vector.
/// </para>
/// <para>Not thread-safe: the kernel owns working memory.</para>
/// </remarks>
internal sealed unsafe class AttentionForwardKernel<TOps, TVector> : AttentionForwardKernel
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    private const int TileRows = TileKernel<TOps, TVector>.Rows;

    private readonly AlignedBuffer _keys = new();
    private readonly AlignedBuffer _values = new();
    private readonly AlignedBuffer _query = new();
    private readonly AlignedBuffer _probabilities = new();
    private readonly AlignedBuffer _sums = new();
    private readonly LastScores<TOps, TVector> _last = new();

    private static int TileColumns => TileKernel<TOps, TVector>.Columns;

    public override void Run(
        in AttentionHead head, int tokens, int candidates, int size, float* contextOutput, float* output, nint outputStride, float* statistics = null)
    {
        var queries = new QueryOrder(contextAttends: contextOutput is not null, candidates);
        var paddedKeys = (int)PackedMatrix.RoundUp(tokens, TileColumns);
        var paddedSize = (int)PackedMatrix.RoundUp(size, TOps.Count);
        _keys.Reserve((long)paddedKeys * size);
        _values.Reserve((long)paddedSize * tokens);
        _query.Reserve((long)TileRows * size);
        _probabilities.Reserve((long)TileRows * paddedKeys);
        _sums.Reserve((long)TileRows * paddedSize);
        PackKeys(head.ContextKey, head.ContextStride, tokens, size);
        for (var time = 0; time < tokens; time++)
            Copy(head.ContextValue + time * head.ContextStride, size, _values.Pointer + (nint)time * paddedSize);

        var own = stackalloc float[TileRows];
        var factor = stackalloc float[TileRows];
        var largest = stackalloc float[TileRows];
        var count = tokens * queries.PerTime;
        for (var first = 0; first < count; first += TileRows)
        {
            var visible = Math.Min(queries.GetTime(first + TileRows - 1) + 1, tokens);
            PackQueries(head, queries, first, tokens, size);
            var columns = (int)PackedMatrix.RoundUp(visible, TileColumns);
            for (var column = 0; column < columns; column += TileColumns)
                TileKernel<TOps, TVector>.Multiply(_query.Pointer, size, 1, _keys.Pointer + (nint)column * size, TileColumns, size, _probabilities.Pointer + column, paddedKeys, accumulate: false);
            for (var row = 0; row < TileRows; row++)
            {
                var (time, candidate) = queries.Locate(first + row, tokens);
                var self = candidate >= 0 ? Reductions<TOps, TVector>.Dot(_query.Pointer + row * size, head.Key + candidate * head.Stride, size) : float.NegativeInfinity;
                (own[row], factor[row], largest[row]) = Exponentials(_probabilities.Pointer + (nint)row * paddedKeys, time + 1, visible, self, _last);
            }

            TileKernel<TOps, TVector>.MultiplyColumns(
                _probabilities.Pointer, paddedKeys, 1, _values.Pointer, paddedSize, visible, _sums.Pointer, paddedSize, paddedSize, accumulate: false);
            for (var row = 0; row < TileRows && first + row < count; row++)
            {
                var (time, candidate) = queries.Locate(first + row, tokens);
                var target = candidate >= 0 ? output + candidate * outputStride : contextOutput + time * outputStride;
                // The context has no share of its own, and 0 times a candidate's value that overflowed is no number.
                var value = candidate >= 0 ? head.Value + candidate * head.Stride : head.ContextValue + time * head.ContextStride;
                Finish(_sums.Pointer + row * paddedSize, value, own[row], factor[row], size, target);
                if (statistics is not null)
                {
                    var ofQuery = statistics + queries.GetStatistics(time, candidate);
                    (ofQuery[0], ofQuery[1]) = (largest[row], factor[row]);
                }
            }
        }
    }

    // (T, size) to panels of (size, tile's width). Keys beyond the last are 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackKeys(float* key, nint stride, int tokens, int size)
    {
        var width = TileColumns;
        for (var first = 0; first < tokens; first += width)
        {
            var panel = _keys.Pointer + (nint)first * size;
            var count = Math.Min(width, tokens - first);
            if (count < width)
                new Span<float>(panel, width * size).Clear();
            for (var i = 0; i < count; i++)
            {
                var row = key + (first + i) * stride;
                for (var d = 0; d < size; d++)
                    panel[d * width + i] = row[d];
            }
        }
    }

    // Rows of a tile beyond the last time repeat queries of that time.
    private void PackQueries(in AttentionHead head, QueryOrder queries, int first, int tokens, int size)
    {
        for (var row = 0; row < TileRows; row++)
        {
            var (time, candidate) = queries.Locate(first + row, tokens);
            var source = candidate >= 0 ? head.Query + candidate * head.Stride : head.ContextQuery + time * head.ContextStride;
            Copy(source, size, _query.Pointer + row * size);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, int count, float* target) => RowKernel<TOps, TVector>.Copy(source, count, target);

    // Replaces scores by exp(score - maximum), and those behind count by 0. Returns the exponential of the query's own score, 1 / the sum
    // of all, and the maximum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (float Own, float Factor, float Maximum) Exponentials(float* scores, int count, int visible, float self, LastScores<TOps, TVector> last)
    {
        var whole = count / TOps.Count * TOps.Count;
        var end = (int)PackedMatrix.RoundUp(count, TOps.Count);
        var largest = TOps.Broadcast(float.MinValue);
        for (var i = 0; i < whole; i += TOps.Count)
            largest = TOps.Max(largest, TOps.Load(scores + i));
        if (whole < end)
        {
            var lowered = last.Lower(TOps.Load(scores + whole), count - whole);
            TOps.Store(scores + whole, lowered);
            largest = TOps.Max(largest, lowered);
        }

        var maximum = MathF.Max(TOps.Largest(largest), self);
        var maxima = TOps.Broadcast(maximum);
        var sums = TOps.Broadcast(0);
        for (var i = 0; i < end; i += TOps.Count)
        {
            var value = Elementary<TOps, TVector>.Exp(TOps.Subtract(TOps.Load(scores + i), maxima));
            sums = TOps.Add(sums, value);
            TOps.Store(scores + i, value);
        }

        if (whole < end)
            TOps.Store(scores + whole, last.Clear(TOps.Load(scores + whole), count - whole));
        for (var i = end; i < visible; i += TOps.Count)
            TOps.Store(scores + i, TOps.Broadcast(0));
        var own = float.IsNegativeInfinity(self) ? 0 : MathF.Exp(self - maximum);
        return (own, 1 / (TOps.Sum(sums) + own), maximum);
    }

    // (sums + own * value) * factor
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Finish(float* sums, float* value, float own, float factor, int size, float* target)
    {
        var (owns, factors) = (TOps.Broadcast(own), TOps.Broadcast(factor));
        var i = 0;
        for (; i <= size - TOps.Count; i += TOps.Count)
            TOps.Store(target + i, TOps.Multiply(TOps.MultiplyAdd(owns, TOps.Load(value + i), TOps.Load(sums + i)), factors));
        for (; i < size; i++)
            target[i] = (sums[i] + own * value[i]) * factor;
    }
}
