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
internal sealed unsafe class GradientPass<TOps, TVector>(
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
    private float* _gradients;

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

        Grow(ref _logitGradients, _tokens);
        Grow(ref _rowOfPosition, 2 * _tokens);
        Grow(ref _indexOfPosition, 2 * _tokens);
        Grow(ref _lastIndexOfPosition, 2 * _tokens);
        for (var i = 0; i < _count; i++)
        {
            for (var time = 0; time < _lengths[i]; time++)
            {
                var (context, candidate) = (_firsts[i] + time, _tokens + _firsts[i] + time);
                (_rowOfPosition[context], _rowOfPosition[candidate]) = (i, i);
                (_indexOfPosition[context], _indexOfPosition[candidate]) = (time, rows[i].BatchTokens + time);
                _lastIndexOfPosition[candidate] = time;
            }
        }

        Reserve(2L * _tokens + TileRows);
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

    // x = projection(input) + position + segment
    private void Embed(ReadOnlySpan<TrainingSequence> rows)
    {
        var (dimension, stride) = (weights.Config.EmbeddingDimension, weights.PaddedEmbedding);
        for (var i = 0; i < _count; i++)
        {
            for (var segment = 0; segment < 2; segment++)
            {
                var values = rows[i].Values.AsSpan(segment * rows[i].PaddedTokens * dimension);
                for (var time = 0; time < _lengths[i]; time++)
                {
                    var position = segment * _tokens + _firsts[i] + time;
                    values.Slice(time * dimension, dimension).CopyTo(new Span<float>(_input.Pointer + (nint)position * stride, dimension));
                    // A position embedding has no padding: the vectors of its end reach into the next, so only D values are computed.
                    AddRow(weights.Values + weights.Positions + (nint)time * _width, weights.Segment(segment), _layers[0].Input.Pointer + position * _stride);
                }
            }

            if (weights.InitialEmbedding is { } initial)
                weights.Read(initial, dimension).CopyTo(new Span<float>(_input.Pointer + (nint)_firsts[i] * stride, dimension));
        }

        Linear(_input.Pointer, stride, 2 * _tokens, weights.InputProjection, _layers[0].Input.Pointer, _stride, LinearOutput.Add);
    }

    private void AddRow(float* left, float* right, float* result)
    {
        var whole = _width / TOps.Count * TOps.Count;
        RowKernel<TOps, TVector>.Add(left, right, whole, result);
        for (var i = whole; i < _width; i++)
            result[i] = left[i] + right[i];
    }

    private (int First, int Rows) Range(int layer) => layer == _layers.Length - 1 ? (_tokens, _tokens) : (0, 2 * _tokens);

    private float* OutputOf(int layer) => layer == _layers.Length - 1 ? _output.Pointer : _layers[layer + 1].Input.Pointer;

    private void Encode(int index)
    {
        var (layer, values) = (weights.Layers[index], _layers[index]);
        var isLast = index == _layers.Length - 1;
        var (first, rows) = Range(index);
        Normalize(values.Input, layer.AttentionNorm, 0, 2 * _tokens, values.Normed, values.Moments);
        // The last layer's context has no queries. Its tiles reach into the candidates' rows, which are written afterwards.
        if (isLast)
            Linear(values.Normed.Pointer, _stride, _tokens, layer.Projection, values.Projected.Pointer, _projectedStride, LinearOutput.Store, layer.Projection.Panels / 3);
        Linear(values.Normed.Pointer + first * _stride, _stride, rows, layer.Projection, values.Projected.Pointer + first * _projectedStride, _projectedStride, LinearOutput.Store);
        Attend(values, contextAttends: !isLast);
        Linear(values.Attended.Pointer + first * _stride, _stride, rows, layer.Output.Forward, _added.Pointer + first * _stride, _stride, LinearOutput.Store);
        AddResidual(index, AttentionSite, values.Input.Pointer, values.Middle.Pointer, first, rows);

        Normalize(values.Middle, layer.FeedForwardNorm, first, rows, values.MiddleNormed, values.MiddleMoments);
        for (var row = first; row < first + rows; row += _innerRows)
        {
            var count = Math.Min(_innerRows, first + rows - row);
            // The values before GELU are where their derivatives will be.
            Linear(values.MiddleNormed.Pointer + row * _stride, _stride, count, layer.Linear1.Forward, values.InnerDerivative.Pointer + row * _innerStride, _innerStride, LinearOutput.Store);
            for (var i = row; i < row + count; i++)
            {
                RowKernel<TOps, TVector>.Gelu(
                    values.InnerDerivative.Pointer + i * _innerStride, DropoutFactors(index, InnerSite, i, weights.Inner), weights.PaddedInner, values.Inner.Pointer + i * _innerStride);
            }

            Linear(values.Inner.Pointer + row * _innerStride, _innerStride, count, layer.Linear2.Forward, _added.Pointer + row * _stride, _stride, LinearOutput.Store);
        }

        AddResidual(index, FeedForwardSite, values.Middle.Pointer, OutputOf(index), first, rows);
    }

    // result = x + dropout(added)
    private void AddResidual(int layer, int site, float* x, float* result, int first, int rows)
    {
        for (var row = first; row < first + rows; row++)
        {
            var offset = row * _stride;
            var factors = DropoutFactors(layer, site, row, _width);
            if (factors is null)
                RowKernel<TOps, TVector>.Add(x + offset, _added.Pointer + offset, (int)_stride, result + offset);
            else
                RowKernel<TOps, TVector>.MultiplyAdd(factors, _added.Pointer + offset, x + offset, (int)_stride, result + offset);
        }
    }

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
        var candidates = context + _tokens * _projectedStride;
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

    // By row, then by head.
    private float* Statistics(LayerActivations values, int row, int head) =>
        values.Statistics.Pointer + ((nint)_firsts[row] * _heads + (nint)head * _lengths[row]) * 4;

    private void Attend(LayerActivations values, bool contextAttends)
    {
        var size = _width / _heads;
        for (var row = 0; row < _count; row++)
        {
            var output = values.Attended.Pointer + _firsts[row] * _stride;
            for (var head = 0; head < _heads; head++)
            {
                var offset = head * size;
                attention.Run(
                    Head(values.Projected.Pointer, row, offset), _lengths[row], size, contextAttends ? output + offset : null,
                    output + _tokens * _stride + offset, _stride, Statistics(values, row, head));
            }
        }
    }

    private void AttendBackward(LayerActivations values, bool contextAttends)
    {
        var size = _width / _heads;
        for (var row = 0; row < _count; row++)
        {
            var output = values.Attended.Pointer + _firsts[row] * _stride;
            var gradient = _attendedGradient.Pointer + _firsts[row] * _stride;
            for (var head = 0; head < _heads; head++)
            {
                var offset = head * size;
                var outputs = new AttentionOutputs
                {
                    ContextOutput = output + offset,
                    Output = output + _tokens * _stride + offset,
                    ContextGradient = gradient + offset,
                    Gradient = gradient + _tokens * _stride + offset,
                    Stride = _stride,
                    Statistics = Statistics(values, row, head),
                };
                attentionGradient.Run(
                    Head(values.Projected.Pointer, row, offset), outputs, _lengths[row], size, contextAttends, 1 / MathF.Sqrt(size),
                    Head(_projectedGradient.Pointer, row, offset));
            }
        }
    }

    private void Normalize(AlignedBuffer input, LayerNormParameters norm, int first, int rows, AlignedBuffer output, AlignedBuffer moments)
    {
        for (var row = first; row < first + rows; row++)
        {
            LayerNormKernel<TOps, TVector>.Run(
                input.Pointer + row * _stride, _width, weights.Values + norm.Scale, weights.Values + norm.Shift, output.Pointer + row * _stride,
                out moments.Pointer[2 * row], out moments.Pointer[2 * row + 1]);
        }
    }

    // gradient (+)= that of the norm's input
    private void NormalizeBackward(float* outputGradient, float* input, AlignedBuffer moments, LayerNormParameters norm, int row, bool accumulate) =>
        LayerNormGradientKernel<TOps, TVector>.Run(
            outputGradient, input + row * _stride, moments.Pointer[2 * row], moments.Pointer[2 * row + 1], _width, weights.Values + norm.Scale,
            _gradients + norm.Scale, _gradients + norm.Shift, _gradient.Pointer + row * _stride, accumulate);

    private void Classify(Span<float> logits)
    {
        Normalize(_output, weights.FinalNorm, _tokens, _tokens, _outputNormed, _outputMoments);
        for (var i = 0; i < _tokens; i++)
            logits[i] = Reductions<TOps, TVector>.Dot(_outputNormed.Pointer + (_tokens + i) * _stride, weights.Values + weights.Head, _width) + weights.Values[weights.HeadBias];
    }

    // Also begins the backward pass: the gradients of the head, the final norm and the encoder's output.
    private double ComputeLoss(ReadOnlySpan<TrainingSequence> rows, in StepSettings step, ReadOnlySpan<float> logits)
    {
        double loss = 0;
        // A parameter ends with zeros up to a full cache line.
        var vectors = (int)PackedMatrix.RoundUp(_width, TOps.Count);
        for (var row = 0; row < _count; row++)
        {
            var gradients = _logitGradients.AsSpan(0, _lengths[row]);
            logits.Slice(_firsts[row], _lengths[row]).CopyTo(gradients);
            loss += SequenceLoss.Compute(rows[row], step, gradients);
            for (var time = 0; time < gradients.Length; time++)
            {
                var position = _tokens + _firsts[row] + time;
                var normed = _outputNormed.Pointer + position * _stride;
                RowKernel<TOps, TVector>.AddScaled(normed, gradients[time], vectors, _gradients + weights.Head);
                RowKernel<TOps, TVector>.Scale(weights.Values + weights.Head, gradients[time], vectors, _row.Pointer);
                _gradients[weights.HeadBias] += gradients[time];
                NormalizeBackward(_row.Pointer, _output.Pointer, _outputMoments, weights.FinalNorm, position, accumulate: false);
            }
        }

        return loss;
    }

    private void EncodeBackward(int index)
    {
        var (layer, values) = (weights.Layers[index], _layers[index]);
        var isLast = index == _layers.Length - 1;
        var (first, rows) = Range(index);

        var fed = DropGradient(index, FeedForwardSite, first, rows);
        for (var row = first; row < first + rows; row += _innerRows)
            FeedForwardBackward(layer, values, fed, row, Math.Min(_innerRows, first + rows - row));
        WeightGradientKernel<TOps, TVector>.AddRows(fed + first * _stride, _stride, rows, _width, _gradients + layer.Linear2.Bias);
        for (var row = first; row < first + rows; row++)
            NormalizeBackward(_attendedGradient.Pointer + row * _stride, values.Middle.Pointer, values.MiddleMoments, layer.FeedForwardNorm, row, accumulate: true);

        var attended = DropGradient(index, AttentionSite, first, rows);
        Linear(attended + first * _stride, _stride, rows, layer.Output.Backward, _attendedGradient.Pointer + first * _stride, _stride, LinearOutput.Store);
        AddWeightGradient(attended + first * _stride, _stride, values.Attended.Pointer + first * _stride, _stride, rows, layer.Output, _width, _width);
        WeightGradientKernel<TOps, TVector>.AddRows(attended + first * _stride, _stride, rows, _width, _gradients + layer.Output.Bias);
        AttendBackward(values, contextAttends: !isLast);
        ProjectBackward(layer, values, isLast);
        for (var row = 0; row < 2 * _tokens; row++)
            NormalizeBackward(_attendedGradient.Pointer + row * _stride, values.Input.Pointer, values.Moments, layer.AttentionNorm, row, accumulate: row >= first);
    }

    // The gradient behind dropout. It is the gradient itself without dropout.
    private float* DropGradient(int layer, int site, int first, int rows)
    {
        if (_rate == 0)
            return _gradient.Pointer;
        for (var row = first; row < first + rows; row++)
            RowKernel<TOps, TVector>.Multiply(DropoutFactors(layer, site, row, _width), _gradient.Pointer + row * _stride, (int)_stride, _added.Pointer + row * _stride);
        return _added.Pointer;
    }

    // Some rows of the feed-forward part. The gradient of its normalized input goes to the memory of the attention's, which is not
    // needed yet.
    private void FeedForwardBackward(TrainingLayerWeights layer, LayerActivations values, float* gradient, int row, int rows)
    {
        var fed = gradient + row * _stride;
        var inner = values.Inner.Pointer + row * _innerStride;
        var innerGradient = _innerGradient.Pointer;
        Linear(fed, _stride, rows, layer.Linear2.Backward, innerGradient, _innerStride, LinearOutput.Store);
        RowKernel<TOps, TVector>.Multiply(innerGradient, values.InnerDerivative.Pointer + row * _innerStride, rows * (int)_innerStride, innerGradient);
        AddWeightGradient(fed, _stride, inner, _innerStride, rows, layer.Linear2, _width, weights.Inner);
        AddWeightGradient(innerGradient, _innerStride, values.MiddleNormed.Pointer + row * _stride, _stride, rows, layer.Linear1, weights.Inner, _width);
        WeightGradientKernel<TOps, TVector>.AddRows(innerGradient, _innerStride, rows, weights.Inner, _gradients + layer.Linear1.Bias);
        Linear(innerGradient, _innerStride, rows, layer.Linear1.Backward, _attendedGradient.Pointer + row * _stride, _stride, LinearOutput.Store);
    }

    // The projections to queries, keys and values; the last layer's context has no queries.
    private void ProjectBackward(TrainingLayerWeights layer, LayerActivations values, bool isLast)
    {
        var gradient = _projectedGradient.Pointer;
        if (isLast)
        {
            LinearKernel<TOps, TVector>.Run(
                gradient, _projectedStride, _tokens, layer.ProjectionBackward, _attendedGradient.Pointer, _stride, LinearOutput.Store, skippedTerms: (int)_stride);
        }

        var (first, rows) = isLast ? (_tokens, _tokens) : (0, 2 * _tokens);
        Linear(gradient + first * _projectedStride, _projectedStride, rows, layer.ProjectionBackward, _attendedGradient.Pointer + first * _stride, _stride, LinearOutput.Store);

        // Queries, keys and values are neighbors unless D is padded.
        var parts = _stride == _width && !isLast ? 1 : 3;
        for (var part = 0; part < parts; part++)
        {
            var (firstOfPart, rowsOfPart) = part == 0 ? (first, rows) : (0, 2 * _tokens);
            var outputs = 3 / parts * _width;
            var ofPart = gradient + firstOfPart * _projectedStride + part * _stride;
            WeightGradientKernel<TOps, TVector>.Add(
                ofPart, _projectedStride, values.Normed.Pointer + firstOfPart * _stride, _stride, rowsOfPart, outputs, _width,
                _gradients + layer.ProjectionWeight + part * _width * _width);
            WeightGradientKernel<TOps, TVector>.AddRows(ofPart, _projectedStride, rowsOfPart, outputs, _gradients + layer.ProjectionBias + part * _width);
        }
    }

    private void EmbedBackward()
    {
        var dimension = weights.Config.EmbeddingDimension;
        WeightGradientKernel<TOps, TVector>.Add(
            _gradient.Pointer, _stride, _input.Pointer, weights.PaddedEmbedding, 2 * _tokens, _width, dimension, _gradients + weights.InputWeight);
        WeightGradientKernel<TOps, TVector>.AddRows(_gradient.Pointer, _stride, 2 * _tokens, _width, _gradients + weights.InputBias);
        for (var segment = 0; segment < 2; segment++)
        {
            WeightGradientKernel<TOps, TVector>.AddRows(
                _gradient.Pointer + segment * _tokens * _stride, _stride, _tokens, _width, _gradients + weights.SegmentEmbedding + segment * _width);
        }

        for (var row = 0; row < _count; row++)
        {
            for (var time = 0; time < _lengths[row]; time++)
            {
                var position = _gradients + weights.Positions + (nint)time * _width;
                var context = _gradient.Pointer + (_firsts[row] + time) * _stride;
                AddRow(position, context, position);
                AddRow(position, context + _tokens * _stride, position);
            }
        }

        if (weights.InitialEmbedding is { } initial)
            AddInitialGradient(_gradients + initial, dimension);
    }

    // The sum of position 0's gradients times the input projection.
    private void AddInitialGradient(float* gradient, int dimension)
    {
        var sums = _row.Pointer;
        new Span<float>(sums, _width).Clear();
        for (var row = 0; row < _count; row++)
            AddRow(sums, _gradient.Pointer + _firsts[row] * _stride, sums);
        for (var d = 0; d < _width; d++)
        {
            var weight = weights.Values + weights.InputWeight + (nint)d * dimension;
            for (var c = 0; c < dimension; c++)
                gradient[c] += sums[d] * weight[c];
        }
    }

    private void AddWeightGradient(float* gradient, nint gradientStride, float* input, nint inputStride, int rows, TrainingLinear linear, int outputs, int inputs) =>
        WeightGradientKernel<TOps, TVector>.Add(gradient, gradientStride, input, inputStride, rows, outputs, inputs, _gradients + linear.Weight);

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
