using System.Runtime.Intrinsics;

namespace MlNetNtd;

/// <summary>
/// Computes the losses and the gradients of some rows, forward and backward. Owns its working memory: for one thread at a time, and
/// without allocation once it has seen rows of these lengths.
/// </summary>
internal abstract unsafe class GradientPass
{
    /// <summary>Creates a pass.</summary>
    /// <param name="weights">The weights, which other passes share.</param>
    /// <param name="width">The vector width.</param>
    /// <param name="dropoutSeed">The seed of dropout.</param>
    public static GradientPass Create(TrainingWeights weights, VectorWidth width, int dropoutSeed)
    {
        var size = weights.Width / weights.Config.Heads!.Value;
        var (forward, backward) = (VectorWidths.CreateForwardAttention(size, width), VectorWidths.CreateBackwardAttention(size, width));
        return width switch
        {
            VectorWidth.Bits512 => new GradientPass<Vector512Ops, Vector512<float>>(weights, forward, backward, dropoutSeed),
            VectorWidth.Bits256 => new GradientPass<Vector256Ops, Vector256<float>>(weights, forward, backward, dropoutSeed),
            VectorWidth.Bits128 => new GradientPass<Vector128Ops, Vector128<float>>(weights, forward, backward, dropoutSeed),
            _ => new GradientPass<ScalarOps, float>(weights, forward, backward, dropoutSeed),
        };
    }

    /// <summary>Computes rows and adds their gradients.</summary>
    /// <param name="rows">The rows, which are computed together.</param>
    /// <param name="firstRow">The index of the first of these rows in the step.</param>
    /// <param name="step">The step's settings.</param>
    /// <param name="gradients">The gradients in the layout of the weights, to which those of these rows are added.</param>
    /// <param name="logits">Receives the logits of all rows, one after the other.</param>
    /// <returns>The sum of losses, divided by the step's divisor.</returns>
    public abstract double Run(ReadOnlySpan<TrainingSequence> rows, int firstRow, in StepSettings step, float* gradients, Span<float> logits);
}

/// <summary>The pass for one vector width.</summary>
/// <remarks>
/// The positions of all rows lie side by side without padding, first all contexts, then all candidates, as in
/// <see cref="ForwardPass"/>. The last layer's context half has keys and values only.
/// </remarks>
/// <param name="weights">The weights.</param>
/// <param name="attention">The forward attention kernel, which belongs to this pass.</param>
/// <param name="attentionGradient">The backward attention kernel, which belongs to this pass.</param>
/// <param name="dropoutSeed">The seed of dropout.</param>
internal sealed unsafe partial class GradientPass<TOps, TVector>(
    TrainingWeights weights, AttentionForwardKernel attention, AttentionBackwardKernel attentionGradient, int dropoutSeed) : GradientPass
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    private const int TileRows = TileKernel<TOps, TVector>.Rows;

    // Rows of the feed-forward part at a time: as many as half a megabyte of inner values holds, in full tiles.
    private const int InnerValues = 1 << 17;
    private const int MaxInnerRows = 43 * TileRows;
    private const int MinInnerRows = 8 * TileRows;

    // The sites of dropout in a layer, from 1, as SeededDropout counts them.
    private const int AttentionSite = 1;
    private const int InnerSite = 2;
    private const int FeedForwardSite = 3;
    private const int LayerSites = 3;

    private readonly LayerActivations[] _layers = [.. Enumerable.Range(0, weights.Config.Layers).Select(_ => new LayerActivations())];
    private readonly AlignedBuffer _input = new();
    private readonly AlignedBuffer _output = new();
    private readonly AlignedBuffer _outputNormed = new();
    private readonly AlignedBuffer _outputMoments = new();
    private readonly AlignedBuffer _added = new();
    private readonly AlignedBuffer _gradient = new();
    private readonly AlignedBuffer _attendedGradient = new();
    private readonly AlignedBuffer _projectedGradient = new();
    private readonly AlignedBuffer _innerGradient = new();
    private readonly AlignedBuffer _factors = new(Math.Max(weights.PaddedWidth, weights.PaddedInner));
    private readonly AlignedBuffer _row = new(Math.Max(weights.PaddedWidth, weights.PaddedEmbedding));
    private readonly double _rate = weights.Config.Dropout;
    private readonly int _width = weights.Width;
    private readonly int _heads = weights.Config.Heads!.Value;
    private readonly nint _stride = weights.PaddedWidth;
    private readonly nint _innerStride = GetStride(weights.PaddedInner);
    private readonly nint _projectedStride = GetStride(3 * weights.PaddedWidth);

    private readonly int _innerRows = Math.Clamp(InnerValues / weights.PaddedInner / TileRows * TileRows, MinInnerRows, MaxInnerRows);

    // By row: the length, the first position and the keys of dropout at each site. By position: its row, and its index in a sequence.
    private int[] _lengths = [];
    private int[] _firsts = [];
    private ulong[] _keys = [];
    private int[] _rowOfPosition = [];
    private int[] _indexOfPosition = [];
    private int[] _lastIndexOfPosition = [];
    private float[] _logitGradients = [];
    private int _count;
    private int _tokens;
    private int _candidates;
    private float* _gradients;

    // The positions of all candidates, and of all contexts and candidates.
    private int CandidatePositions => _candidates * _tokens;

    private int Positions => _tokens + CandidatePositions;

    public override double Run(ReadOnlySpan<TrainingSequence> rows, int firstRow, in StepSettings step, float* gradients, Span<float> logits)
    {
        _gradients = gradients;
        Prepare(rows, firstRow, step);
        Embed(rows);
        for (var i = 0; i < _layers.Length; i++)
            Encode(i);
        Classify(logits);
        var loss = ComputeLoss(rows, step, logits);
        for (var i = _layers.Length - 1; i >= 0; i--)
            EncodeBackward(i);
        EmbedBackward();
        return loss;
    }

    private void Prepare(ReadOnlySpan<TrainingSequence> rows, int firstRow, in StepSettings step)
    {
        _count = rows.Length;
        _tokens = 0;
        _candidates = step.CandidatesPerToken;
        Grow(ref _lengths, _count);
        Grow(ref _firsts, _count);
        Grow(ref _keys, _count * _layers.Length * LayerSites);
        for (var i = 0; i < _count; i++)
        {
            (_lengths[i], _firsts[i]) = (rows[i].Tokens, _tokens);
            _tokens += rows[i].Tokens;
            for (var site = 0; site < _layers.Length * LayerSites; site++)
                _keys[i * _layers.Length * LayerSites + site] = CounterDropoutMask.Key(dropoutSeed, step.Pass, site + 1, step.FirstRow + firstRow + i);
        }

        Grow(ref _logitGradients, CandidatePositions);
        Grow(ref _rowOfPosition, Positions);
        Grow(ref _indexOfPosition, Positions);
        Grow(ref _lastIndexOfPosition, Positions);
        for (var i = 0; i < _count; i++)
        {
            for (var time = 0; time < _lengths[i]; time++)
                (_rowOfPosition[_firsts[i] + time], _indexOfPosition[_firsts[i] + time]) = (i, time);
            for (var candidate = 0; candidate < _candidates * _lengths[i]; candidate++)
            {
                var position = FirstCandidate(i) + candidate;
                (_rowOfPosition[position], _indexOfPosition[position], _lastIndexOfPosition[position]) = (i, rows[i].BatchTokens + candidate, candidate);
            }
        }

        Reserve((long)Positions + TileRows);
    }

    // A tile may reach beyond the last position.
    private void Reserve(long positions)
    {
        foreach (var layer in _layers)
            layer.Reserve(positions, _stride, _projectedStride, _innerStride, _heads);
        _input.Reserve(positions * weights.PaddedEmbedding);
        _output.Reserve(positions * _stride);
        _outputNormed.Reserve(positions * _stride);
        _outputMoments.Reserve(positions * 2);
        _added.Reserve(positions * _stride);
        _gradient.Reserve(positions * _stride);
        _attendedGradient.Reserve(positions * _stride);
        _projectedGradient.Reserve(positions * _projectedStride);
        _innerGradient.Reserve((_innerRows + TileRows) * _innerStride);
    }

    private (int First, int Rows) Range(int layer) => layer == _layers.Length - 1 ? (_tokens, CandidatePositions) : (0, Positions);

    private float* OutputOf(int layer) => layer == _layers.Length - 1 ? _output.Pointer : _layers[layer + 1].Input.Pointer;

    // The factors of a position's values at a site; null without dropout. They are valid until the next call.
    private float* DropoutFactors(int layer, int site, int position, int width)
    {
        if (_rate == 0)
            return null;
        var index = layer == _layers.Length - 1 ? _lastIndexOfPosition[position] : _indexOfPosition[position];
        var key = _keys[_rowOfPosition[position] * _layers.Length * LayerSites + layer * LayerSites + site - 1];
        CounterDropoutMask.Fill(_factors.Span(width), key, _rate, (long)index * width);
        return _factors.Pointer;
    }

    private AttentionHead Head(float* projected, int row, int offset)
    {
        var context = projected + _firsts[row] * _projectedStride + offset;
        var candidates = projected + FirstCandidate(row) * _projectedStride + offset;
        return new AttentionHead
        {
            ContextQuery = context,
            ContextKey = context + _stride,
            ContextValue = context + 2 * _stride,
            ContextStride = _projectedStride,
            Query = candidates,
            Key = candidates + _stride,
            Value = candidates + 2 * _stride,
            Stride = _projectedStride,
        };
    }

    private int FirstCandidate(int row) => _tokens + _candidates * _firsts[row];

    // By row, then by head: two values of each query.
    private float* Statistics(LayerActivations values, int row, int head) =>
        values.Statistics.Pointer + ((nint)_firsts[row] * _heads + (nint)head * _lengths[row]) * 2 * (1 + _candidates);

    private static void Linear(float* input, nint inputStride, int rows, PackedMatrix matrix, float* result, nint resultStride, LinearOutput output, int firstPanel = 0) =>
        LinearKernel<TOps, TVector>.Run(input, inputStride, rows, matrix, result, resultStride, output, firstPanel);

    // Rows whose distance is a multiple of a page begin in the same set of a cache, which holds a few of them only.
    private static nint GetStride(int width)
    {
        const int Page = 4096 / sizeof(float);
        const int Line = 16;
        return width % Page == 0 ? width + Line : width;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[length];
    }
}
