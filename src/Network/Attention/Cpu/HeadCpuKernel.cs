using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Computes attention of one head of one sequence under the rule, forward and backward, without libtorch. Products that the rule
/// blocks are computed only to fill up a vector.
/// </summary>
/// <remarks>
/// <para>
/// A query at time t attends the context's keys [0, t]; a candidate's query also attends its own key, which is computed separately.
/// So all queries of a time attend the same keys of the context. Queries are processed in groups of four, in the order of
/// <see cref="QueryOrder"/>.
/// </para>
/// <para>
/// Not thread-safe: the kernel owns working memory.
/// </para>
/// </remarks>
internal sealed class HeadCpuKernel
{
    private readonly int _tokens;
    private readonly int _size;
    private readonly QueryOrder _order;
    private readonly float _scale;
    private readonly int _rows;
    private readonly int _keys;
    private readonly int _width;

    // Layouts. By query: (rows, width). By key: (T, width), or transposed (size, keys). By group: (4, keys) or (4, width).
    private readonly float[] _query;
    private readonly float[] _key;
    private readonly float[] _keyTransposed;
    private readonly float[] _value;
    private readonly float[] _valueTransposed;
    private readonly float[] _outputGradients;
    private readonly float[] _keyGradient;
    private readonly float[] _valueGradient;
    private readonly float[] _probabilities;
    private readonly float[] _scoreGradients;
    private readonly float[] _accumulator;

    /// <param name="tokens">T.</param>
    /// <param name="size">d, the dimension of a head.</param>
    /// <param name="order">The order of the queries that attend.</param>
    public HeadCpuKernel(int tokens, int size, QueryOrder order)
    {
        (_tokens, _size, _order) = (tokens, size, order);
        _scale = 1 / MathF.Sqrt(size);
        _rows = order.PerTime * tokens;
        (_keys, _width) = (MatMul4.RoundUpToVector(tokens), MatMul4.RoundUpToVector(size));
        var paddedRows = (_rows + MatMul4.Count - 1) / MatMul4.Count * MatMul4.Count;
        (_query, _outputGradients) = (new float[paddedRows * _width], new float[paddedRows * _width]);
        (_key, _value, _keyGradient, _valueGradient) = (ByKey(), ByKey(), ByKey(), ByKey());
        (_keyTransposed, _valueTransposed) = (new float[size * _keys], new float[size * _keys]);
        (_probabilities, _scoreGradients, _accumulator) = (new float[MatMul4.Count * _keys], new float[MatMul4.Count * _keys], new float[MatMul4.Count * _width]);

        float[] ByKey() => new float[tokens * _width];
    }

    /// <summary>Computes the output.</summary>
    /// <param name="context">The context's queries, keys and values. Its queries are not read if they do not attend.</param>
    /// <param name="candidates">The candidates' queries, keys and values.</param>
    /// <param name="contextOutput">Receives the output of the context.</param>
    /// <param name="output">Receives the output of the candidates.</param>
    public void Forward(in HeadHalf context, in HeadHalf candidates, in StridedRows contextOutput, in StridedRows output)
    {
        PackQueries(context.Query, candidates.Query, _query, _scale);
        Transpose(context.Key, _keyTransposed);
        Copy(context.Value, _value);
        Span<(float Own, float Factor)> own = stackalloc (float, float)[MatMul4.Count];
        for (var first = 0; first < _rows; first += MatMul4.Count)
        {
            var visible = VisibleKeys(first);
            MatMul4.Multiply(_query.AsSpan(first * _width), _width, _size, _keyTransposed, _keys, MatMul4.RoundUpToVector(visible), _probabilities, _keys);
            for (var row = 0; row < MatMul4.Count; row++)
                own[row] = Exponentials(first + row, _probabilities.AsSpan(row * _keys, MatMul4.RoundUpToVector(visible)), candidates.Key);
            MatMul4.Multiply(_probabilities, _keys, visible, _value, _width, _width, _accumulator, _width);
            for (var row = 0; row < MatMul4.Count && first + row < _rows; row++)
            {
                var (time, candidate) = Locate(first + row);
                var target = candidate >= 0 ? output[candidate] : contextOutput[time];
                var accumulated = _accumulator.AsSpan(row * _width, _size);
                if (candidate >= 0)
                    TensorPrimitives.MultiplyAdd(candidates.Value[candidate], own[row].Own, accumulated, accumulated);
                TensorPrimitives.Multiply(accumulated, own[row].Factor, target);
            }
        }
    }

    /// <summary>Computes the gradients of queries, keys and values. The probabilities of the forward pass are recomputed.</summary>
    /// <param name="context">The context's queries, keys and values.</param>
    /// <param name="candidates">The candidates' queries, keys and values.</param>
    /// <param name="contextOutputGradient">The gradient of the context's output.</param>
    /// <param name="outputGradient">The gradient of the candidates' output.</param>
    /// <param name="contextGradient">Receives the gradients of the context.</param>
    /// <param name="gradient">Receives the gradients of the candidates.</param>
    public void Backward(
        in HeadHalf context, in HeadHalf candidates, in StridedRows contextOutputGradient, in StridedRows outputGradient, in HeadHalf contextGradient, in HeadHalf gradient)
    {
        PackQueries(context.Query, candidates.Query, _query, _scale);
        PackQueries(contextOutputGradient, outputGradient, _outputGradients, 1);
        Transpose(context.Key, _keyTransposed);
        Transpose(context.Value, _valueTransposed);
        Copy(context.Key, _key);
        Array.Clear(_keyGradient);
        Array.Clear(_valueGradient);
        Span<float> own = stackalloc float[MatMul4.Count];
        for (var first = 0; first < _rows; first += MatMul4.Count)
        {
            var visible = VisibleKeys(first);
            var columns = MatMul4.RoundUpToVector(visible);
            var query = _query.AsSpan(first * _width, MatMul4.Count * _width);
            var outputGradients = _outputGradients.AsSpan(first * _width, MatMul4.Count * _width);
            MatMul4.Multiply(query, _width, _size, _keyTransposed, _keys, columns, _probabilities, _keys);
            MatMul4.Multiply(outputGradients, _width, _size, _valueTransposed, _keys, columns, _scoreGradients, _keys);
            for (var row = 0; row < MatMul4.Count; row++)
                own[row] = ScoreGradients(first + row, row, columns, candidates, gradient);
            MatMul4.AddOuter(_probabilities, _keys, visible, outputGradients, _valueGradient, _width);
            MatMul4.AddOuter(_scoreGradients, _keys, visible, query, _keyGradient, _width);
            MatMul4.Multiply(_scoreGradients, _keys, visible, _key, _width, _width, _accumulator, _width);
            for (var row = 0; row < MatMul4.Count && first + row < _rows; row++)
            {
                var (time, candidate) = Locate(first + row);
                var target = candidate >= 0 ? gradient.Query[candidate] : contextGradient.Query[time];
                var accumulated = _accumulator.AsSpan(row * _width, _size);
                if (candidate >= 0)
                    TensorPrimitives.MultiplyAdd(candidates.Key[candidate], own[row], accumulated, accumulated);
                TensorPrimitives.Multiply(accumulated, _scale, target);
            }
        }

        for (var time = 0; time < _tokens; time++)
        {
            _keyGradient.AsSpan(time * _width, _size).CopyTo(contextGradient.Key[time]);
            _valueGradient.AsSpan(time * _width, _size).CopyTo(contextGradient.Value[time]);
        }
    }

    // The number of keys that the last query of a group attends.
    private int VisibleKeys(int first) => _order.GetTime(Math.Min(first + MatMul4.Count - 1, _rows - 1)) + 1;

    private (int Time, int Candidate) Locate(int row) => _order.Locate(row, _tokens);

    // Replaces scores by their exponentials, and those of keys that the query does not attend by zeros. Returns the exponential of
    // the candidate's own score, and the factor that normalizes the sum to one.
    private (float Own, float Factor) Exponentials(int row, Span<float> scores, in StridedRows ownKeys)
    {
        if (row >= _rows)
        {
            scores.Clear();
            return default;
        }

        var (time, candidate) = Locate(row);
        scores[(time + 1)..].Fill(float.NegativeInfinity);
        var own = candidate >= 0 ? TensorPrimitives.Dot<float>(_query.AsSpan(row * _width, _size), ownKeys[candidate]) : float.NegativeInfinity;
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        var max = Math.Max(own, Max(vectors));
        var (sum, shift) = (Vector<float>.Zero, new Vector<float>(max));
        foreach (ref var vector in vectors)
        {
            vector = Vector.Exp(vector - shift);
            sum += vector;
        }

        own = MathF.Exp(own - max);
        return (own, 1 / (Vector.Sum(sum) + own));
    }

    private static float Max(ReadOnlySpan<Vector<float>> scores)
    {
        var max = scores[0];
        foreach (var vector in scores[1..])
            max = Vector.Max(max, vector);
        var scalarMax = max[0];
        for (var i = 1; i < Vector<float>.Count; i++)
            scalarMax = Math.Max(scalarMax, max[i]);
        return scalarMax;
    }

    // Replaces scores by probabilities, and gradients of probabilities by gradients of scores. For a candidate's own key and value
    // it writes the gradients itself, and returns the gradient of its own score for the query's.
    private float ScoreGradients(int row, int groupRow, int columns, in HeadHalf candidates, in HeadHalf gradient)
    {
        var probabilities = MemoryMarshal.Cast<float, Vector<float>>(_probabilities.AsSpan(groupRow * _keys, columns));
        var scoreGradients = MemoryMarshal.Cast<float, Vector<float>>(_scoreGradients.AsSpan(groupRow * _keys, columns))[..probabilities.Length];
        var (own, factor) = Exponentials(row, _probabilities.AsSpan(groupRow * _keys, columns), candidates.Key);
        if (row >= _rows)
        {
            scoreGradients.Clear();
            return 0;
        }

        own *= factor;
        var (_, candidate) = Locate(row);
        var outputGradient = _outputGradients.AsSpan(row * _width, _size);
        var ownGradient = candidate >= 0 ? TensorPrimitives.Dot<float>(outputGradient, candidates.Value[candidate]) : 0;
        var sum = Vector<float>.Zero;
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] *= factor;
            sum += probabilities[i] * scoreGradients[i];
        }

        var mean = Vector.Sum(sum) + own * ownGradient;
        for (var i = 0; i < probabilities.Length; i++)
            scoreGradients[i] = probabilities[i] * (scoreGradients[i] - new Vector<float>(mean));

        if (candidate < 0)
            return 0;
        ownGradient = own * (ownGradient - mean);
        TensorPrimitives.Multiply(_query.AsSpan(row * _width, _size), ownGradient, gradient.Key[candidate]);
        TensorPrimitives.Multiply(outputGradient, own, gradient.Value[candidate]);
        return ownGradient;
    }

    private void PackQueries(in StridedRows context, in StridedRows candidates, float[] target, float factor)
    {
        for (var row = 0; row < _rows; row++)
        {
            var (time, candidate) = Locate(row);
            TensorPrimitives.Multiply(candidate >= 0 ? candidates[candidate] : context[time], factor, target.AsSpan(row * _width, _size));
        }
    }

    private void Copy(in StridedRows rows, float[] target)
    {
        for (var row = 0; row < _tokens; row++)
            rows[row].CopyTo(target.AsSpan(row * _width));
    }

    private void Transpose(in StridedRows rows, float[] target)
    {
        for (var row = 0; row < _tokens; row++)
        {
            var values = rows[row];
            for (var i = 0; i < values.Length; i++)
                target[i * _keys + row] = values[i];
        }
    }
}
