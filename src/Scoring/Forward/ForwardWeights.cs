namespace MlNetNtd;

/// <summary>The weights of a network in the form in which the forward pass reads them. Immutable, for any number of threads.</summary>
internal sealed unsafe class ForwardWeights
{
    private readonly AlignedBuffer _table;
    private readonly int _maxTokens;

    /// <summary>Packs weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="panelColumns">The columns of a tile.</param>
    public ForwardWeights(StateDictionary weights, int panelColumns)
    {
        Config = weights.Config;
        Width = Config.ModelDimension!.Value;
        Heads = Config.Heads!.Value;
        PaddedWidth = (int)PackedMatrix.RoundUp(Width, panelColumns);
        _maxTokens = Config.MaxTokens;
        InitialEmbedding = Config.LearnInitialEmbedding ? weights[ParameterNames.InitialEmbedding] : null;
        InputProjection = new PackedMatrix(weights[$"{ParameterNames.InputProjection}.weight"], [], Config.EmbeddingDimension, panelColumns);
        _table = CreateTable(weights);
        Layers = [.. Enumerable.Range(0, Config.Layers).Select(i => new ForwardLayerWeights(weights, $"{ParameterNames.Encoder}.layers.{i}", panelColumns))];
        FinalNorm = new LayerNormWeights(weights, $"{ParameterNames.Encoder}.norm");
        Head = weights[$"{ParameterNames.Head}.weight"];
        HeadBias = weights[$"{ParameterNames.Head}.bias"][0];
    }

    public DiscriminatorConfig Config { get; }

    /// <summary>Gets D.</summary>
    public int Width { get; }

    /// <summary>Gets D, rounded up to full tiles.</summary>
    public int PaddedWidth { get; }

    /// <summary>Gets the number of heads.</summary>
    public int Heads { get; }

    /// <summary>Gets the learned embedding of position 0; null if it is not learned.</summary>
    public float[]? InitialEmbedding { get; }

    public PackedMatrix InputProjection { get; }

    public ForwardLayerWeights[] Layers { get; }

    public LayerNormWeights FinalNorm { get; }

    /// <summary>Gets the weights of the head, D values.</summary>
    public float[] Head { get; }

    public float HeadBias { get; }

    /// <summary>Gets what is added to the projected embedding of a time: position, segment and the projection's bias.</summary>
    /// <param name="segment">0 for the context, 1 for the candidates.</param>
    /// <param name="time">The time. The rows of the following times follow.</param>
    public float* Table(int segment, int time) => _table.Pointer + ((nint)segment * _maxTokens + time) * PaddedWidth;

    private AlignedBuffer CreateTable(StateDictionary weights)
    {
        var table = new AlignedBuffer(2L * _maxTokens * PaddedWidth);
        var bias = weights[$"{ParameterNames.InputProjection}.bias"];
        var (positions, segments) = (weights[ParameterNames.PositionEmbedding], weights[ParameterNames.SegmentEmbedding]);
        for (var segment = 0; segment < 2; segment++)
        {
            for (var time = 0; time < _maxTokens; time++)
            {
                var row = table.Pointer + ((nint)segment * _maxTokens + time) * PaddedWidth;
                for (var d = 0; d < Width; d++)
                    row[d] = positions[time * Width + d] + segments[segment * Width + d] + bias[d];
            }
        }

        return table;
    }
}

/// <summary>The weights of one encoder layer.</summary>
internal sealed class ForwardLayerWeights
{
    public ForwardLayerWeights(StateDictionary weights, string name, int panelColumns)
    {
        var (width, heads) = (weights.Config.ModelDimension!.Value, weights.Config.Heads!.Value);
        Projection = PackProjection(weights[$"{name}.self_attn.in_proj_weight"], weights[$"{name}.self_attn.in_proj_bias"], width, heads, panelColumns);
        Output = Pack(weights, $"{name}.self_attn.out_proj", width, panelColumns);
        Linear1 = Pack(weights, $"{name}.linear1", width, panelColumns);
        Linear2 = Pack(weights, $"{name}.linear2", weights.Config.FeedForwardDimension!.Value, panelColumns);
        AttentionNorm = new LayerNormWeights(weights, $"{name}.norm1");
        FeedForwardNorm = new LayerNormWeights(weights, $"{name}.norm2");
    }

    /// <summary>Gets the projections to queries, keys and values. Each begins at a multiple of D rounded up to full tiles.</summary>
    public PackedMatrix Projection { get; }

    public PackedMatrix Output { get; }

    public PackedMatrix Linear1 { get; }

    public PackedMatrix Linear2 { get; }

    public LayerNormWeights AttentionNorm { get; }

    public LayerNormWeights FeedForwardNorm { get; }

    private static PackedMatrix Pack(StateDictionary weights, string name, int terms, int panelColumns) =>
        new(weights[$"{name}.weight"], weights[$"{name}.bias"], terms, panelColumns);

    // Queries are scaled by 1 / sqrt(size of a head) here, so that attention need not.
    private static PackedMatrix PackProjection(float[] weight, float[] bias, int width, int heads, int panelColumns)
    {
        var padded = (int)PackedMatrix.RoundUp(width, panelColumns);
        var scale = 1 / MathF.Sqrt(width / heads);
        var (paddedWeight, paddedBias) = (new float[3L * padded * width], new float[3 * padded]);
        for (var part = 0; part < 3; part++)
        {
            weight.AsSpan(part * width * width, width * width).CopyTo(paddedWeight.AsSpan(part * padded * width));
            bias.AsSpan(part * width, width).CopyTo(paddedBias.AsSpan(part * padded));
        }

        Scale(paddedWeight.AsSpan(0, width * width), scale);
        Scale(paddedBias.AsSpan(0, width), scale);
        return new PackedMatrix(paddedWeight, paddedBias, width, panelColumns);
    }

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref var value in values)
            value *= factor;
    }
}

/// <summary>The scale and shift of a layer norm.</summary>
internal sealed unsafe class LayerNormWeights
{
    private readonly AlignedBuffer _scale;
    private readonly AlignedBuffer _shift;

    public LayerNormWeights(StateDictionary weights, string name)
    {
        _scale = Copy(weights[$"{name}.weight"]);
        _shift = Copy(weights[$"{name}.bias"]);
    }

    public float* Scale => _scale.Pointer;

    public float* Shift => _shift.Pointer;

    private static AlignedBuffer Copy(float[] values)
    {
        var buffer = new AlignedBuffer(values.Length);
        values.CopyTo(buffer.Span(values.Length));
        return buffer;
    }
}
