using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Attention of one head of one sequence under the rule, forwards and back, without libtorch: no product is computed that
/// the rule blocks, but for those that fill a vector.
/// </summary>
/// <remarks>
/// <para>
/// A query of time t sees the context's keys [0, t]; a candidate's sees its own key besides, which is dealt with apart. So
/// both halves' queries meet the same T keys. Queries are taken in groups of four, those of a time side by side.
/// </para>
/// <para>Has memory to work in, for one thread at a time.</para>
/// </remarks>
internal sealed class HeadCpuKernel
{
    private readonly int _tokens;
    private readonly int _size;
    private readonly int _halves;
    private readonly float _scale;
    private readonly int _rows;
    private readonly int _keys;
    private readonly int _width;

    // By query: (rows, width). By key: (T, width), or transposed (size, keys). By group: (4, keys) or (4, width).
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
    /// <param name="size">d, of a head.</param>
    /// <param name="halves">Whose queries attend: 2 both halves', 1 the candidates'.</param>
    public HeadCpuKernel(int tokens, int size, int halves)
    {
        (_tokens, _size, _halves) = (tokens, size, halves);
        _scale = 1 / MathF.Sqrt(size);
        _rows = halves * tokens;
        (_keys, _width) = (MatMul4.RoundUpToVector(tokens), MatMul4.RoundUpToVector(size));
        var whole = (_rows + MatMul4.Count - 1) / MatMul4.Count * MatMul4.Count;
        (_query, _outputGradients) = (new float[whole * _width], new float[whole * _width]);
        (_key, _value, _keyGradient, _valueGradient) = (ByKey(), ByKey(), ByKey(), ByKey());
        (_keyTransposed, _valueTransposed) = (new float[size * _keys], new float[size * _keys]);
        (_probabilities, _scoreGradients, _accumulator) = (new float[MatMul4.Count * _keys], new float[MatMul4.Count * _keys], new float[MatMul4.Count * _width]);

        float[] ByKey() => new float[tokens * _width];
    }

    /// <summary>Computes what the queries take in.</summary>
    /// <param name="context">Of the context; its queries are left alone where they do not attend.</param>
    /// <param name="candidates">Of the candidates.</param>
    /// <param name="contextOutput">Where what the context takes in goes.</param>
    /// <param name="output">Where what the candidates take in goes.</param>
    public void Forward(in HeadHalf context, in HeadHalf candidates, in StridedRows contextOutput, in StridedRows output)
    {
        PackQueries(context.Query, candidates.Query, _query, _scale);
        Transpose(context.Key, _keyTransposed);
        Copy(context.Value, _value);
        Span<(float Own, float Factor)> own = stackalloc (float, float)[MatMul4.Count];
        for (var first = 0; first < _rows; first += MatMul4.Count)
        {
            var seen = VisibleKeys(first);
            MatMul4.Multiply(_query.AsSpan(first * _width), _width, _size, _keyTransposed, _keys, MatMul4.RoundUpToVector(seen), _probabilities, _keys);
            for (var row = 0; row < MatMul4.Count; row++)
                own[row] = Exponentials(first + row, _probabilities.AsSpan(row * _keys, MatMul4.RoundUpToVector(seen)), candidates.Key);
            MatMul4.Multiply(_probabilities, _keys, seen, _value, _width, _width, _accumulator, _width);
            for (var row = 0; row < MatMul4.Count && first + row < _rows; row++)
            {
                var (time, candidate) = Locate(first + row);
                var to = candidate ? output[time] : contextOutput[time];
                var mixed = _accumulator.AsSpan(row * _width, _size);
                if (candidate)
                    TensorPrimitives.MultiplyAdd(candidates.Value[time], own[row].Own, mixed, mixed);
                TensorPrimitives.Multiply(mixed, own[row].Factor, to);
            }
        }
    }

    /// <summary>Computes the gradients of queries, keys and values. The forward pass's shares are computed anew.</summary>
    /// <param name="context">As forwards.</param>
    /// <param name="candidates">As forwards.</param>
    /// <param name="contextOuter">The gradient of what the context took in.</param>
    /// <param name="outer">The gradient of what the candidates took in.</param>
    /// <param name="contextGradient">Where the context's go.</param>
    /// <param name="gradient">Where the candidates' go.</param>
    public void Backward(
        in HeadHalf context, in HeadHalf candidates, in StridedRows contextOuter, in StridedRows outer, in HeadHalf contextGradient, in HeadHalf gradient)
    {
        PackQueries(context.Query, candidates.Query, _query, _scale);
        PackQueries(contextOuter, outer, _outputGradients, 1);
        Transpose(context.Key, _keyTransposed);
        Transpose(context.Value, _valueTransposed);
        Copy(context.Key, _key);
        Array.Clear(_keyGradient);
        Array.Clear(_valueGradient);
        Span<float> own = stackalloc float[MatMul4.Count];
        for (var first = 0; first < _rows; first += MatMul4.Count)
        {
            var seen = VisibleKeys(first);
            var columns = MatMul4.RoundUpToVector(seen);
            var query = _query.AsSpan(first * _width, MatMul4.Count * _width);
            var of = _outputGradients.AsSpan(first * _width, MatMul4.Count * _width);
            MatMul4.Multiply(query, _width, _size, _keyTransposed, _keys, columns, _probabilities, _keys);
            MatMul4.Multiply(of, _width, _size, _valueTransposed, _keys, columns, _scoreGradients, _keys);
            for (var row = 0; row < MatMul4.Count; row++)
                own[row] = Slopes(first + row, row, columns, candidates, gradient);
            MatMul4.AddOuter(_probabilities, _keys, seen, of, _valueGradient, _width);
            MatMul4.AddOuter(_scoreGradients, _keys, seen, query, _keyGradient, _width);
            MatMul4.Multiply(_scoreGradients, _keys, seen, _key, _width, _width, _accumulator, _width);
            for (var row = 0; row < MatMul4.Count && first + row < _rows; row++)
            {
                var (time, candidate) = Locate(first + row);
                var to = candidate ? gradient.Query[time] : contextGradient.Query[time];
                var mixed = _accumulator.AsSpan(row * _width, _size);
                if (candidate)
                    TensorPrimitives.MultiplyAdd(candidates.Key[time], own[row], mixed, mixed);
                TensorPrimitives.Multiply(mixed, _scale, to);
            }
        }

        for (var time = 0; time < _tokens; time++)
        {
            _keyGradient.AsSpan(time * _width, _size).CopyTo(contextGradient.Key[time]);
            _valueGradient.AsSpan(time * _width, _size).CopyTo(contextGradient.Value[time]);
        }
    }

    // How many keys the last query of a group sees.
    private int VisibleKeys(int first) => Math.Min(first + MatMul4.Count - 1, _rows - 1) / _halves + 1;

    private (int Time, bool Candidate) Locate(int row) => (row / _halves, row % _halves == _halves - 1);

    // Scores become their exponentials, those beyond what the query sees zeros; what the candidate gives itself, and what
    // brings the sum to one, are given back.
    private (float Own, float Factor) Exponentials(int row, Span<float> scores, in StridedRows ownKeys)
    {
        if (row >= _rows)
        {
            scores.Clear();
            return default;
        }

        var (time, candidate) = Locate(row);
        scores[(time + 1)..].Fill(float.NegativeInfinity);
        var own = candidate ? TensorPrimitives.Dot<float>(_query.AsSpan(row * _width, _size), ownKeys[time]) : float.NegativeInfinity;
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        var most = Math.Max(own, Max(vectors));
        var (sum, shift) = (Vector<float>.Zero, new Vector<float>(most));
        foreach (ref var some in vectors)
        {
            some = Vector.Exp(some - shift);
            sum += some;
        }

        own = MathF.Exp(own - most);
        return (own, 1 / (Vector.Sum(sum) + own));
    }

    private static float Max(ReadOnlySpan<Vector<float>> scores)
    {
        var most = scores[0];
        foreach (var some in scores[1..])
            most = Vector.Max(most, some);
        var one = most[0];
        for (var i = 1; i < Vector<float>.Count; i++)
            one = Math.Max(one, most[i]);
        return one;
    }

    // Scores become shares, and the gradients of shares become those of scores. The candidate's own are dealt with whole, but
    // for the query's, whose share is given back.
    private float Slopes(int row, int place, int columns, in HeadHalf candidates, in HeadHalf gradient)
    {
        var shares = MemoryMarshal.Cast<float, Vector<float>>(_probabilities.AsSpan(place * _keys, columns));
        var slopes = MemoryMarshal.Cast<float, Vector<float>>(_scoreGradients.AsSpan(place * _keys, columns))[..shares.Length];
        var (own, factor) = Exponentials(row, _probabilities.AsSpan(place * _keys, columns), candidates.Key);
        if (row >= _rows)
        {
            slopes.Clear();
            return 0;
        }

        own *= factor;
        var (time, candidate) = Locate(row);
        var outer = _outputGradients.AsSpan(row * _width, _size);
        var ownSlope = candidate ? TensorPrimitives.Dot<float>(outer, candidates.Value[time]) : 0;
        var sum = Vector<float>.Zero;
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] *= factor;
            sum += shares[i] * slopes[i];
        }

        var mean = Vector.Sum(sum) + own * ownSlope;
        for (var i = 0; i < shares.Length; i++)
            slopes[i] = shares[i] * (slopes[i] - new Vector<float>(mean));

        if (!candidate)
            return 0;
        ownSlope = own * (ownSlope - mean);
        TensorPrimitives.Multiply(_query.AsSpan(row * _width, _size), ownSlope, gradient.Key[time]);
        TensorPrimitives.Multiply(outer, own, gradient.Value[time]);
        return ownSlope;
    }

    private void PackQueries(in StridedRows context, in StridedRows candidates, float[] to, float factor)
    {
        for (var row = 0; row < _rows; row++)
        {
            var (time, candidate) = Locate(row);
            TensorPrimitives.Multiply(candidate ? candidates[time] : context[time], factor, to.AsSpan(row * _width, _size));
        }
    }

    private void Copy(in StridedRows rows, float[] to)
    {
        for (var row = 0; row < _tokens; row++)
            rows[row].CopyTo(to.AsSpan(row * _width));
    }

    private void Transpose(in StridedRows rows, float[] to)
    {
        for (var row = 0; row < _tokens; row++)
        {
            var values = rows[row];
            for (var i = 0; i < values.Length; i++)
                to[i * _keys + row] = values[i];
        }
    }
}
