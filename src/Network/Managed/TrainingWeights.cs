namespace MlNetNtd;

/// <summary>
/// The weights of a network in training: one array that the optimizer changes, and the packed forms that products read, which
/// <see cref="Pack"/> brings up to date.
/// </summary>
internal sealed unsafe class TrainingWeights
{
    private readonly AlignedBuffer _values;
    private readonly AlignedBuffer _segments;

    /// <summary>Copies and packs weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="panelColumns">The columns of a tile.</param>
    public TrainingWeights(StateDictionary weights, int panelColumns)
    {
        Config = weights.Config;
        Layout = new ParameterLayout(Config);
        Width = Config.ModelDimension!.Value;
        Inner = Config.FeedForwardDimension!.Value;
        PaddedWidth = (int)PackedMatrix.RoundUp(Width, panelColumns);
        PaddedInner = (int)PackedMatrix.RoundUp(Inner, panelColumns);
        PaddedEmbedding = (int)PackedMatrix.RoundUp(Config.EmbeddingDimension, panelColumns);
        // Rows are read in full tiles.
        _values = new AlignedBuffer((long)Layout.Length + panelColumns);
        _segments = new AlignedBuffer(2L * PaddedWidth);
        InputProjection = new PackedMatrix(Config.EmbeddingDimension, Width, panelColumns);
        Layers = [.. Enumerable.Range(0, Config.Layers).Select(i => new TrainingLayerWeights(this, $"{ParameterNames.Encoder}.layers.{i}", panelColumns))];
        FinalNorm = new LayerNormParameters(Layout, $"{ParameterNames.Encoder}.norm");
        Head = Layout[$"{ParameterNames.Head}.weight"];
        HeadBias = Layout[$"{ParameterNames.Head}.bias"];
        InputWeight = Layout[$"{ParameterNames.InputProjection}.weight"];
        InputBias = Layout[$"{ParameterNames.InputProjection}.bias"];
        Positions = Layout[ParameterNames.PositionEmbedding];
        SegmentEmbedding = Layout[ParameterNames.SegmentEmbedding];
        InitialEmbedding = Config.LearnInitialEmbedding ? Layout[ParameterNames.InitialEmbedding] : null;
        SetValues(weights);
    }

    public DiscriminatorConfig Config { get; }

    public ParameterLayout Layout { get; }

    /// <summary>Gets D.</summary>
    public int Width { get; }

    /// <summary>Gets D, rounded up to full tiles.</summary>
    public int PaddedWidth { get; }

    /// <summary>Gets the width of the feed-forward part.</summary>
    public int Inner { get; }

    /// <summary>Gets the width of the feed-forward part, rounded up to full tiles.</summary>
    public int PaddedInner { get; }

    /// <summary>Gets C, rounded up to full tiles.</summary>
    public int PaddedEmbedding { get; }

    /// <summary>Gets all weights in their layout.</summary>
    public float* Values => _values.Pointer;

    public PackedMatrix InputProjection { get; }

    public TrainingLayerWeights[] Layers { get; }

    public LayerNormParameters FinalNorm { get; }

    /// <summary>Gets the offset of the head's weight.</summary>
    public int Head { get; }

    /// <summary>Gets the offset of the head's bias.</summary>
    public int HeadBias { get; }

    /// <summary>Gets the offset of the input projection's weight.</summary>
    public int InputWeight { get; }

    /// <summary>Gets the offset of the input projection's bias.</summary>
    public int InputBias { get; }

    /// <summary>Gets the offset of the position embeddings.</summary>
    public int Positions { get; }

    /// <summary>Gets the offset of the segment embeddings.</summary>
    public int SegmentEmbedding { get; }

    /// <summary>Gets the offset of the learned embedding of position 0; null if it is not learned.</summary>
    public int? InitialEmbedding { get; }

    /// <summary>Gets the embedding of a segment plus the input projection's bias, D values.</summary>
    /// <param name="segment">0 for the context, 1 for the candidates.</param>
    public float* Segment(int segment) => _segments.Pointer + segment * PaddedWidth;

    /// <summary>Replaces all weights.</summary>
    public void SetValues(StateDictionary weights)
    {
        foreach (var parameter in Layout.Parameters)
            weights[parameter.Name].CopyTo(new Span<float>(Values + Layout[parameter.Name], (int)parameter.Count));
        Pack();
    }

    /// <summary>Copies all weights.</summary>
    public StateDictionary ToStateDictionary() => new(Config, Layout.Parameters.ToDictionary(
        parameter => parameter.Name, parameter => new ReadOnlySpan<float>(Values + Layout[parameter.Name], (int)parameter.Count).ToArray()));

    /// <summary>Packs the weights after a change.</summary>
    public void Pack()
    {
        InputProjection.SetColumns(0, Read(InputWeight, Width * Config.EmbeddingDimension));
        for (var segment = 0; segment < 2; segment++)
        {
            for (var d = 0; d < Width; d++)
                Segment(segment)[d] = Values[SegmentEmbedding + segment * Width + d] + Values[InputBias + d];
        }

        foreach (var layer in Layers)
            layer.Pack(this);
    }

    /// <summary>Gets some weights.</summary>
    public ReadOnlySpan<float> Read(int offset, int count) => new(Values + offset, count);
}

/// <summary>The offsets of a layer norm's parameters.</summary>
internal readonly struct LayerNormParameters(ParameterLayout layout, string name)
{
    public int Scale { get; } = layout[$"{name}.weight"];

    public int Shift { get; } = layout[$"{name}.bias"];
}

/// <summary>The weight of a linear layer, packed for the products of both directions.</summary>
internal sealed class TrainingLinear
{
    private readonly int _outputs;
    private readonly int _inputs;

    public TrainingLinear(ParameterLayout layout, string name, int outputs, int inputs, int panelColumns)
    {
        (_outputs, _inputs) = (outputs, inputs);
        (Weight, Bias) = (layout[$"{name}.weight"], layout[$"{name}.bias"]);
        Forward = new PackedMatrix(inputs, outputs, panelColumns);
        Backward = new PackedMatrix(outputs, inputs, panelColumns);
    }

    /// <summary>Gets the offset of the weight, (outputs, inputs).</summary>
    public int Weight { get; }

    /// <summary>Gets the offset of the bias.</summary>
    public int Bias { get; }

    /// <summary>Gets weight^T, by which inputs are multiplied.</summary>
    public PackedMatrix Forward { get; }

    /// <summary>Gets the weight, by which gradients of outputs are multiplied.</summary>
    public PackedMatrix Backward { get; }

    public void Pack(TrainingWeights weights)
    {
        var values = weights.Read(Weight, _outputs * _inputs);
        Forward.SetColumns(0, values);
        Forward.SetBias(0, weights.Read(Bias, _outputs));
        Backward.SetTerms(0, values);
    }
}

/// <summary>The weights of one encoder layer.</summary>
internal sealed class TrainingLayerWeights
{
    private readonly int _width;
    private readonly int _paddedWidth;
    private readonly float _scale;

    public TrainingLayerWeights(TrainingWeights weights, string name, int panelColumns)
    {
        var layout = weights.Layout;
        (_width, _paddedWidth) = (weights.Width, weights.PaddedWidth);
        _scale = 1 / MathF.Sqrt(_width / weights.Config.Heads!.Value);
        (ProjectionWeight, ProjectionBias) = (layout[$"{name}.self_attn.in_proj_weight"], layout[$"{name}.self_attn.in_proj_bias"]);
        Projection = new PackedMatrix(_width, 3 * _paddedWidth, panelColumns);
        ProjectionBackward = new PackedMatrix(3 * _paddedWidth, _width, panelColumns);
        Output = new TrainingLinear(layout, $"{name}.self_attn.out_proj", _width, _width, panelColumns);
        Linear1 = new TrainingLinear(layout, $"{name}.linear1", weights.Inner, _width, panelColumns);
        Linear2 = new TrainingLinear(layout, $"{name}.linear2", _width, weights.Inner, panelColumns);
        AttentionNorm = new LayerNormParameters(layout, $"{name}.norm1");
        FeedForwardNorm = new LayerNormParameters(layout, $"{name}.norm2");
    }

    /// <summary>Gets the offset of the weight of the projections to queries, keys and values, (3 * D, D).</summary>
    public int ProjectionWeight { get; }

    /// <summary>Gets the offset of the bias of the projections.</summary>
    public int ProjectionBias { get; }

    /// <summary>
    /// Gets the projections to queries, keys and values. Each begins at a multiple of D rounded up to full tiles. Queries are scaled
    /// by 1 / sqrt(size of a head), so that attention need not scale them.
    /// </summary>
    public PackedMatrix Projection { get; }

    /// <summary>Gets the projections for gradients, without the scale of queries.</summary>
    public PackedMatrix ProjectionBackward { get; }

    public TrainingLinear Output { get; }

    public TrainingLinear Linear1 { get; }

    public TrainingLinear Linear2 { get; }

    public LayerNormParameters AttentionNorm { get; }

    public LayerNormParameters FeedForwardNorm { get; }

    public void Pack(TrainingWeights weights)
    {
        for (var part = 0; part < 3; part++)
        {
            var weight = weights.Read(ProjectionWeight + part * _width * _width, _width * _width);
            var scale = part == 0 ? _scale : 1;
            Projection.SetColumns(part * _paddedWidth, weight, scale);
            Projection.SetBias(part * _paddedWidth, weights.Read(ProjectionBias + part * _width, _width), scale);
            ProjectionBackward.SetTerms(part * _paddedWidth, weight);
        }

        Output.Pack(weights);
        Linear1.Pack(weights);
        Linear2.Pack(weights);
    }
}
