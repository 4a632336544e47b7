namespace MlNetNtd;

/// <summary>The queries of one head of one sequence, and the keys and values that they attend.</summary>
internal unsafe struct CachedHead
{
    /// <summary>The context's keys, in panels as <see cref="KeyValueCache"/> has them.</summary>
    public float* ContextKeys;

    /// <summary>The context's values, row-major, a row padded to full vectors.</summary>
    public float* ContextValues;

    /// <summary>The number of the context's keys that the first query attends.</summary>
    public int Visible;

    /// <summary>The queries, scaled.</summary>
    public float* Query;

    /// <summary>
    /// The candidates' own keys. Null: the queries are the context's own, whose keys are in the cache, and each attends one key more than
    /// the one before it.
    /// </summary>
    public float* Key;

    /// <summary>The candidates' own values.</summary>
    public float* Value;

    /// <summary>The distance from one of the queries, keys or values to the next.</summary>
    public nint Stride;
}

/// <summary>Computes attention of one head of one sequence whose context's keys and values are cached.</summary>
internal abstract unsafe class CachedAttentionKernel
{
    /// <summary>Gets the number of keys in a panel of the cache.</summary>
    public abstract int PanelKeys { get; }

    /// <summary>Gets the length of a cached row of values.</summary>
    /// <param name="size">The dimension of a head.</param>
    public abstract int GetPaddedSize(int size);

    /// <summary>Computes the outputs of one head.</summary>
    /// <param name="head">The queries, keys and values. Queries are already scaled by 1 / sqrt(size).</param>
    /// <param name="rows">The number of queries.</param>
    /// <param name="size">The dimension of a head.</param>
    /// <param name="output">Receives the output of each query.</param>
    /// <param name="outputStride">The distance from one row of the output to the next.</param>
    public abstract void Run(in CachedHead head, int rows, int size, float* output, nint outputStride);
}

/// <summary>The kernel for one vector width.</summary>
/// <remarks>
/// <para>
/// It computes what <see cref="AttentionForwardKernel{TOps, TVector}"/> does, to the bit: the same tiles in the same order, on keys that are
/// already packed.
/// </para>
/// <para>Not thread-safe: the kernel owns working memory.</para>
/// </remarks>
internal sealed unsafe class CachedAttentionKernel<TOps, TVector> : CachedAttentionKernel
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    private const int TileRows = TileKernel<TOps, TVector>.Rows;

    private readonly AlignedBuffer _query = new();
    private readonly AlignedBuffer _probabilities = new();
    private readonly AlignedBuffer _sums = new();
    private readonly LastScores<TOps, TVector> _last = new();

    public override int PanelKeys => TileKernel<TOps, TVector>.Columns;

    public override int GetPaddedSize(int size) => (int)PackedMatrix.RoundUp(size, TOps.Count);

    public override void Run(in CachedHead head, int rows, int size, float* output, nint outputStride)
    {
        var isCandidate = head.Key is not null;
        var paddedSize = GetPaddedSize(size);
        var paddedKeys = (int)PackedMatrix.RoundUp(head.Visible + (isCandidate ? 0 : rows), PanelKeys);
        _query.Reserve((long)TileRows * size);
        _probabilities.Reserve((long)TileRows * paddedKeys);
        _sums.Reserve((long)TileRows * paddedSize);

        var own = stackalloc float[TileRows];
        var factor = stackalloc float[TileRows];
        for (var first = 0; first < rows; first += TileRows)
        {
            // The rest of a tile has values of an earlier one, whose products nobody reads.
            var count = Math.Min(TileRows, rows - first);
            var visible = isCandidate ? head.Visible : head.Visible + first + count - 1;
            for (var row = 0; row < count; row++)
                RowKernel<TOps, TVector>.Copy(head.Query + (first + row) * head.Stride, size, _query.Pointer + row * size);
            var columns = (int)PackedMatrix.RoundUp(visible, PanelKeys);
            for (var column = 0; column < columns; column += PanelKeys)
                TileKernel<TOps, TVector>.Multiply(_query.Pointer, size, 1, head.ContextKeys + (nint)column * size, PanelKeys, size, _probabilities.Pointer + column, paddedKeys, accumulate: false);
            for (var row = 0; row < count; row++)
            {
                var keys = isCandidate ? head.Visible : head.Visible + first + row;
                var self = isCandidate
                    ? Reductions<TOps, TVector>.Dot(_query.Pointer + row * size, head.Key + (first + row) * head.Stride, size)
                    : float.NegativeInfinity;
                (own[row], factor[row], _) = AttentionForwardKernel<TOps, TVector>.Exponentials(_probabilities.Pointer + (nint)row * paddedKeys, keys, visible, self, _last);
            }

            TileKernel<TOps, TVector>.MultiplyColumns(
                _probabilities.Pointer, paddedKeys, 1, head.ContextValues, paddedSize, visible, _sums.Pointer, paddedSize, paddedSize, accumulate: false);
            for (var row = 0; row < count; row++)
            {
                // The context's own value counts among the cached ones, and 0 times it is added here, as everywhere.
                var value = isCandidate ? head.Value + (first + row) * head.Stride : head.ContextValues + (nint)(head.Visible + first + row - 1) * paddedSize;
                AttentionForwardKernel<TOps, TVector>.Finish(_sums.Pointer + row * paddedSize, value, own[row], factor[row], size, output + (first + row) * outputStride);
            }
        }
    }
}
