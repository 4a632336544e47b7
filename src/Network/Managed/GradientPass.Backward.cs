namespace MlNetNtd;

// The loss and the backward pass, from the head to the input.
internal sealed unsafe partial class GradientPass<TOps, TVector>
{
    private void AttendBackward(LayerActivations values, bool contextAttends)
    {
        var size = _width / _heads;
        for (var row = 0; row < _count; row++)
        {
            var (context, candidates) = (_firsts[row] * _stride, FirstCandidate(row) * _stride);
            for (var head = 0; head < _heads; head++)
            {
                var offset = head * size;
                var outputs = new AttentionOutputs
                {
                    ContextOutput = values.Attended.Pointer + context + offset,
                    Output = values.Attended.Pointer + candidates + offset,
                    ContextGradient = _attendedGradient.Pointer + context + offset,
                    Gradient = _attendedGradient.Pointer + candidates + offset,
                    Stride = _stride,
                    Statistics = Statistics(values, row, head),
                };
                attentionGradient.Run(
                    Head(values.Projected.Pointer, row, offset), outputs, _lengths[row], _candidates, size, contextAttends, 1 / MathF.Sqrt(size),
                    Head(_projectedGradient.Pointer, row, offset));
            }
        }
    }

    // gradient (+)= that of the norm's input
    private void NormalizeBackward(float* outputGradient, float* input, AlignedBuffer moments, LayerNormParameters norm, int row, bool accumulate) =>
        LayerNormGradientKernel<TOps, TVector>.Run(
            outputGradient, input + row * _stride, moments.Pointer[2 * row], moments.Pointer[2 * row + 1], _width, weights.Values + norm.Scale,
            _gradients + norm.Scale, _gradients + norm.Shift, _gradient.Pointer + row * _stride, accumulate);

    // Also begins the backward pass: the gradients of the head, the final norm and the encoder's output.
    private double ComputeLoss(ReadOnlySpan<TrainingSequence> rows, in StepSettings step, ReadOnlySpan<float> logits)
    {
        double loss = 0;
        // A parameter ends with zeros up to a full cache line.
        var vectors = (int)PackedMatrix.RoundUp(_width, TOps.Count);
        for (var row = 0; row < _count; row++)
        {
            var gradients = _logitGradients.AsSpan(0, _candidates * _lengths[row]);
            logits.Slice(_candidates * _firsts[row], gradients.Length).CopyTo(gradients);
            loss += SequenceLoss.Compute(rows[row], step, gradients);
            for (var time = 0; time < gradients.Length; time++)
            {
                var position = FirstCandidate(row) + time;
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
        for (var row = 0; row < Positions; row++)
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

        var (first, rows) = isLast ? (_tokens, CandidatePositions) : (0, Positions);
        Linear(gradient + first * _projectedStride, _projectedStride, rows, layer.ProjectionBackward, _attendedGradient.Pointer + first * _stride, _stride, LinearOutput.Store);

        // Queries, keys and values are neighbors unless D is padded.
        var parts = _stride == _width && !isLast ? 1 : 3;
        for (var part = 0; part < parts; part++)
        {
            var (firstOfPart, rowsOfPart) = part == 0 ? (first, rows) : (0, Positions);
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
            _gradient.Pointer, _stride, _input.Pointer, weights.PaddedEmbedding, Positions, _width, dimension, _gradients + weights.InputWeight);
        WeightGradientKernel<TOps, TVector>.AddRows(_gradient.Pointer, _stride, Positions, _width, _gradients + weights.InputBias);
        for (var segment = 0; segment < 2; segment++)
        {
            WeightGradientKernel<TOps, TVector>.AddRows(
                _gradient.Pointer + segment * _tokens * _stride, _stride, segment == 0 ? _tokens : CandidatePositions, _width, _gradients + weights.SegmentEmbedding + segment * _width);
        }

        for (var row = 0; row < _count; row++)
        {
            for (var time = 0; time < _lengths[row]; time++)
            {
                var position = _gradients + weights.Positions + (nint)time * _width;
                AddRow(position, _gradient.Pointer + (_firsts[row] + time) * _stride, position);
                for (var candidate = 0; candidate < _candidates; candidate++)
                    AddRow(position, _gradient.Pointer + (FirstCandidate(row) + time * _candidates + candidate) * _stride, position);
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
}
