namespace MlNetNtd;

// The forward pass. It keeps what the backward pass reads.
internal sealed unsafe partial class GradientPass<TOps, TVector>
{
    // x = projection(input) + position + segment
    private void Embed(ReadOnlySpan<TrainingSequence> rows)
    {
        var (dimension, stride) = (weights.Config.EmbeddingDimension, weights.PaddedEmbedding);
        for (var i = 0; i < _count; i++)
        {
            for (var segment = 0; segment < 2; segment++)
            {
                var values = rows[i].Values.AsSpan(segment * rows[i].PaddedTokens * dimension);
                var (first, perTime) = segment == 0 ? (_firsts[i], 1) : (FirstCandidate(i), _candidates);
                for (var index = 0; index < perTime * _lengths[i]; index++)
                {
                    var (position, time) = (first + index, index / perTime);
                    values.Slice(index * dimension, dimension).CopyTo(new Span<float>(_input.Pointer + (nint)position * stride, dimension));
                    // A position embedding has no padding: the vectors of its end reach into the next, so only D values are computed.
                    AddRow(weights.Values + weights.Positions + (nint)time * _width, weights.Segment(segment), _layers[0].Input.Pointer + position * _stride);
                }
            }

            if (weights.InitialEmbedding is { } initial)
                weights.Read(initial, dimension).CopyTo(new Span<float>(_input.Pointer + (nint)_firsts[i] * stride, dimension));
        }

        Linear(_input.Pointer, stride, Positions, weights.InputProjection, _layers[0].Input.Pointer, _stride, LinearOutput.Add);
    }

    private void AddRow(float* left, float* right, float* result)
    {
        var whole = _width / TOps.Count * TOps.Count;
        RowKernel<TOps, TVector>.Add(left, right, whole, result);
        for (var i = whole; i < _width; i++)
            result[i] = left[i] + right[i];
    }

    private void Encode(int index)
    {
        var (layer, values) = (weights.Layers[index], _layers[index]);
        var isLast = index == _layers.Length - 1;
        var (first, rows) = Range(index);
        Normalize(values.Input, layer.AttentionNorm, 0, Positions, values.Normed, values.Moments);
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

    private void Attend(LayerActivations values, bool contextAttends)
    {
        var size = _width / _heads;
        for (var row = 0; row < _count; row++)
        {
            var contextOutput = values.Attended.Pointer + _firsts[row] * _stride;
            var output = values.Attended.Pointer + FirstCandidate(row) * _stride;
            for (var head = 0; head < _heads; head++)
            {
                var offset = head * size;
                attention.Run(
                    Head(values.Projected.Pointer, row, offset), _lengths[row], _candidates, size, contextAttends ? contextOutput + offset : null,
                    output + offset, _stride, Statistics(values, row, head));
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

    private void Classify(Span<float> logits)
    {
        Normalize(_output, weights.FinalNorm, _tokens, CandidatePositions, _outputNormed, _outputMoments);
        for (var i = 0; i < CandidatePositions; i++)
            logits[i] = Reductions<TOps, TVector>.Dot(_outputNormed.Pointer + (_tokens + i) * _stride, weights.Values + weights.Head, _width) + weights.Values[weights.HeadBias];
    }
}
