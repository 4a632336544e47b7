namespace MlNetNtd;

/// <summary>Writes the forward pass of a discriminator to an ONNX graph, under the rule of <c>NextTokenMask</c>.</summary>
/// <remarks>
/// <para>
/// Candidates attend T context keys and themselves, so scores are (T, T + 1) values a head, or (T * K, T + 1) with K candidates of each
/// token. Nothing of (2T, 2T) values is computed. In the last layer the context has only keys and values.
/// </para>
/// <para>
/// These weights are folded into others, in double precision: the bias of the input projection and the segment embedding into the
/// position embedding, 1 / sqrt(d) into the queries, the bias of the values into the output projection. The bias of the keys adds
/// the same to all scores of a query, so softmax removes it.
/// </para>
/// </remarks>
internal sealed class DiscriminatorGraph
{
    private const float Epsilon = 1e-5f;

    private readonly OnnxGraph _graph;
    private readonly DiscriminatorConfig _config;
    private readonly Func<string, float[]> _weights;
    private readonly int _width;
    private readonly int _heads;
    private readonly int _candidatesPerToken;

    /// <summary>Initializes the writer.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="config">The configuration, resolved.</param>
    /// <param name="weights">Returns a weight by its name in the state dictionary.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public DiscriminatorGraph(OnnxGraph graph, DiscriminatorConfig config, Func<string, float[]> weights, int candidatesPerToken)
    {
        _graph = graph;
        _config = config;
        _weights = weights;
        _width = config.ModelDimension!.Value;
        _heads = config.Heads!.Value;
        _candidatesPerToken = candidatesPerToken;
    }

    private int HeadWidth => _width / _heads;

    /// <summary>Writes the forward pass.</summary>
    /// <param name="context">The initial embedding and the real embeddings but for the last, (B, T, C).</param>
    /// <param name="candidates">The candidate embeddings, (B, T, K * C).</param>
    /// <returns>The logits, (B, T * K). Running the model fails if T exceeds MaxTokens.</returns>
    public string Write(string context, string candidates)
    {
        var tokens = _graph.Size(candidates, 1);
        var positions = _graph.Range(tokens);
        var candidatePositions = CombinedGraph.GetCandidateTimes(_graph, positions, tokens, _candidatesPerToken);
        if (_candidatesPerToken > 1)
            candidates = _graph.Reshape(candidates, 0, -1, _config.EmbeddingDimension);
        var attention = CreateConstants(candidates, tokens, positions, candidatePositions);
        var weight = Weight($"{ParameterNames.InputProjection}.weight", _config.EmbeddingDimension);
        var x = new Halves(
            Project(WithInitialEmbedding(context, positions), weight, positions, segment: 0),
            Project(candidates, weight, candidatePositions, segment: 1));
        for (var layer = 0; layer < _config.Layers; layer++)
            x = Layer(x, $"{ParameterNames.Encoder}.layers.{layer}", attention, isLast: layer == _config.Layers - 1);
        var encoded = LayerNorm(x.Candidates, Norm($"{ParameterNames.Encoder}.norm"));
        return _graph.Reshape(Linear(encoded, Weight($"{ParameterNames.Head}.weight", _width), Bias($"{ParameterNames.Head}.bias")), 0, -1);
    }

    // The causal term of the context's keys for queries of either half, a row of zeros for the values, and what selects the last of T + 1
    // probabilities.
    private Constants CreateConstants(string candidates, string tokens, string positions, string candidatePositions)
    {
        var key = _graph.Reshape(positions, 1, -1);
        var blocked = _graph.Greater(key, _graph.Reshape(positions, -1, 1));
        var zeroRow = _graph.Expand(
            _graph.AddInitializer("zero_row", new float[HeadWidth], 1, 1, 1, HeadWidth),
            _graph.Concat(0, _graph.Size(candidates, 0), _graph.Vector(_heads, 1, 1)));
        var zeros = _graph.Expand(_graph.AddInitializer("zero", [0f], 1, 1), _graph.Concat(0, tokens, _graph.Vector(1)));
        var causal = ToTerm(blocked);
        var candidateCausal = _candidatesPerToken == 1 ? causal : ToTerm(_graph.Greater(key, _graph.Reshape(candidatePositions, -1, 1)));
        return new Constants(causal, candidateCausal, zeroRow, _graph.Concat(0, zeros, _graph.AddInitializer("one", [1f], 1, 1)));

        string ToTerm(string isBlocked) => _graph.Where(isBlocked, _graph.Scalar(float.NegativeInfinity), _graph.Scalar(0f));
    }

    private string WithInitialEmbedding(string context, string positions)
    {
        if (!_config.LearnInitialEmbedding)
            return context;
        var isFirst = _graph.Less(_graph.Reshape(positions, -1, 1), _graph.Scalar(1L));
        var initial = _graph.AddInitializer(
            ParameterNames.InitialEmbedding, _weights(ParameterNames.InitialEmbedding), _config.EmbeddingDimension);
        return _graph.Where(isFirst, initial, context);
    }

    // Gathering from the table fails for more than MaxTokens positions.
    private string Project(string input, string weight, string positions, int segment)
    {
        var table = _weights(ParameterNames.PositionEmbedding).ToArray();
        var (segments, bias) = (_weights(ParameterNames.SegmentEmbedding), _weights($"{ParameterNames.InputProjection}.bias"));
        for (var i = 0; i < table.Length; i++)
            table[i] = (float)((double)table[i] + segments[segment * _width + i % _width] + bias[i % _width]);
        var name = segment == 0 ? "context_position_embedding" : "candidate_position_embedding";
        var places = _graph.Gather(_graph.AddInitializer(name, table, _config.MaxTokens, _width), positions, 0);
        return _graph.Add(_graph.MatMul(input, weight), places);
    }

    private Halves Layer(Halves x, string name, Constants constants, bool isLast)
    {
        var attention = new AttentionWeights(this, $"{name}.self_attn");
        var (attentionNorm, feedForwardNorm) = (Norm($"{name}.norm1"), Norm($"{name}.norm2"));
        var (widen, widenBias) = (Weight($"{name}.linear1.weight", _width), Bias($"{name}.linear1.bias"));
        var (narrow, narrowBias) = (Weight($"{name}.linear2.weight", _config.FeedForwardDimension!.Value), Bias($"{name}.linear2.bias"));

        var (context, candidates) = (LayerNorm(x.Context, attentionNorm), LayerNorm(x.Candidates, attentionNorm));
        var (contextKey, contextValue) = KeysAndValues(context, attention);
        var keys = _graph.Transpose(contextKey, 0, 1, 3, 2);
        var attended = Finish(x.Candidates, AttendCandidates(candidates, keys, contextValue, attention, constants));
        return new Halves(isLast ? x.Context : Finish(x.Context, AttendContext(context, keys, contextValue, attention, constants)), attended);

        string Finish(string input, string heads)
        {
            var merged = _graph.Reshape(_graph.Transpose(heads, 0, 2, 1, 3), 0, 0, _width);
            var sum = _graph.Add(input, Linear(merged, attention.Output, attention.OutputBias));
            var inner = _graph.Gelu(Linear(LayerNorm(sum, feedForwardNorm), widen, widenBias));
            return _graph.Add(sum, Linear(inner, narrow, narrowBias));
        }
    }

    private string AttendContext(string input, string keys, string values, AttentionWeights weights, Constants constants) =>
        _graph.MatMul(_graph.Softmax(_graph.Add(_graph.MatMul(Queries(input, weights), keys), constants.Causal)), values);

    private string AttendCandidates(string input, string keys, string values, AttentionWeights weights, Constants constants)
    {
        var query = Queries(input, weights);
        var (ownKey, ownValue) = KeysAndValues(input, weights);
        var scores = _graph.Add(_graph.MatMul(query, keys), constants.CandidateCausal);
        var probabilities = _graph.Softmax(_graph.Concat(3, scores, _graph.Sum(_graph.Multiply(query, ownKey), 3)));
        // Two products instead of a slice: a slice would copy the (T, T) probabilities.
        var fromContext = _graph.MatMul(probabilities, _graph.Concat(2, values, constants.ZeroRow));
        return _graph.Add(fromContext, _graph.Multiply(_graph.MatMul(probabilities, constants.SelfSelector), ownValue));
    }

    // (B, T, D) -> (B, H, T, d).
    private string Queries(string input, AttentionWeights weights) =>
        _graph.Transpose(_graph.Reshape(Linear(input, weights.Query, weights.QueryBias), 0, 0, _heads, HeadWidth), 0, 2, 1, 3);

    private (string Keys, string Values) KeysAndValues(string input, AttentionWeights weights)
    {
        var both = _graph.Reshape(_graph.MatMul(input, weights.KeyAndValue), 0, 0, 2, _heads, HeadWidth);
        var heads = _graph.Transpose(both, 2, 0, 3, 1, 4);
        return (_graph.Gather(heads, _graph.Scalar(0L), 0), _graph.Gather(heads, _graph.Scalar(1L), 0));
    }

    private string Linear(string input, string weight, string bias) => _graph.Add(_graph.MatMul(input, weight), bias);

    private string LayerNorm(string input, NormWeights weights) => _graph.LayerNorm(input, weights.Scale, weights.Shift, Epsilon);

    private NormWeights Norm(string name) => new(Bias($"{name}.weight"), Bias($"{name}.bias"));

    private string Bias(string name) => _graph.AddInitializer(name, _weights(name), _weights(name).Length);

    private string Weight(string name, int columns) =>
        _graph.AddInitializer(name, Transpose(_weights(name), columns), columns, _weights(name).Length / columns);

    // PyTorch's weights are (out, in), the right side of a product is (in, out).
    private static float[] Transpose(ReadOnlySpan<float> values, int columns, double scale = 1)
    {
        var rows = values.Length / columns;
        var transposed = new float[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                transposed[column * rows + row] = (float)(scale * values[row * columns + column]);
        }

        return transposed;
    }

    private readonly record struct Halves(string Context, string Candidates);

    private readonly record struct Constants(string Causal, string CandidateCausal, string ZeroRow, string SelfSelector);

    private readonly record struct NormWeights(string Scale, string Shift);

    /// <summary>The weights of one layer's attention, used by both halves.</summary>
    private sealed class AttentionWeights
    {
        public AttentionWeights(DiscriminatorGraph owner, string name)
        {
            var (graph, width) = (owner._graph, owner._width);
            float[] weight = owner._weights($"{name}.in_proj_weight"), bias = owner._weights($"{name}.in_proj_bias");
            var scale = 1 / Math.Sqrt(owner.HeadWidth);
            Query = graph.AddInitializer($"{name}.query.weight", Transpose(weight.AsSpan(0, width * width), width, scale), width, width);
            QueryBias = graph.AddInitializer($"{name}.query.bias", Array.ConvertAll(bias[..width], value => (float)(scale * value)), width);
            KeyAndValue = graph.AddInitializer($"{name}.key_value.weight", Transpose(weight.AsSpan(width * width), width), width, 2 * width);
            Output = owner.Weight($"{name}.out_proj.weight", width);
            OutputBias = graph.AddInitializer(
                $"{name}.out_proj.bias",
                WithValueBias(owner._weights($"{name}.out_proj.weight"), owner._weights($"{name}.out_proj.bias"), bias[(2 * width)..]), width);
        }

        public string Query { get; }

        public string QueryBias { get; }

        public string KeyAndValue { get; }

        public string Output { get; }

        public string OutputBias { get; }

        // The probabilities of a query sum to 1, so the bias of the values passes attention unchanged.
        private static float[] WithValueBias(float[] weight, float[] bias, float[] valueBias)
        {
            var folded = new float[bias.Length];
            for (var row = 0; row < bias.Length; row++)
            {
                double sum = bias[row];
                for (var column = 0; column < valueBias.Length; column++)
                    sum += (double)weight[row * valueBias.Length + column] * valueBias[column];
                folded[row] = (float)sum;
            }

            return folded;
        }
    }
}
