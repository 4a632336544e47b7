namespace MlNetNtd;

/// <summary>What a model zip holds of a scorer, after the names of its columns.</summary>
/// <remarks>
/// Little-endian and in this order:
/// <list type="bullet">
/// <item><description>MaskKind, BatchSize, C, MaxTokens, D, heads, layers, the width of the feed-forward part and
/// LearnInitialEmbedding, as 32-bit integers;</description></item>
/// <item><description>dropout and attention dropout, as doubles;</description></item>
/// <item><description>Precision, BadRowPolicy, PadTokenScores, TokenProbabilities and CandidatesPerToken, as 32-bit integers;</description></item>
/// <item><description>the temperature of probabilities, as a 32-bit float;</description></item>
/// <item><description>the weights in the order of <see cref="DiscriminatorConfig.Parameters"/>, as 32-bit floats, to the end.</description></item>
/// </list>
/// MaskKind, BatchSize, BadRowPolicy and CandidatesPerToken are not checked here: they belong to the scorer in ML.NET.
/// </remarks>
/// <param name="MaskKind">How a Boolean mask is read, as a number.</param>
/// <param name="BatchSize">The number of rows in a batch.</param>
/// <param name="BadRowPolicy">What happens to a row that cannot be scored, as a number.</param>
/// <param name="PadTokenScores">Whether token columns are padded.</param>
/// <param name="TokenProbabilities">Whether the column TokenProbabilities is written.</param>
/// <param name="CandidatesPerToken">K, the number of candidates of each token, where a column does not say it.</param>
/// <param name="Weights">The weights.</param>
internal sealed record ScorerEntry(
    int MaskKind, int BatchSize, int BadRowPolicy, bool PadTokenScores, bool TokenProbabilities, int CandidatesPerToken, StateDictionary Weights)
{
    /// <summary>The model signature in the entry's header. ML.NET requires exactly 8 characters.</summary>
    public const string ModelSignature = "NTDSCORE";

    /// <summary>The version of the format.</summary>
    public const uint FormatVersion = 0x00010003;

    /// <summary>The number of references to names of columns before these fields: feature, mask, token count.</summary>
    public const int Names = 3;

    /// <summary>Writes the fields.</summary>
    public void Write(BinaryWriter writer)
    {
        var config = Weights.Config;
        writer.Write(MaskKind);
        writer.Write(BatchSize);
        writer.Write(config.EmbeddingDimension);
        writer.Write(config.MaxTokens);
        writer.Write(config.ModelDimension!.Value);
        writer.Write(config.Heads!.Value);
        writer.Write(config.Layers);
        writer.Write(config.FeedForwardDimension!.Value);
        writer.Write(config.LearnInitialEmbedding ? 1 : 0);
        writer.Write(config.Dropout);
        writer.Write(config.AttentionDropout);
        writer.Write((int)config.Precision);
        writer.Write(BadRowPolicy);
        writer.Write(PadTokenScores ? 1 : 0);
        writer.Write(TokenProbabilities ? 1 : 0);
        writer.Write(CandidatesPerToken);
        writer.Write(Weights.Temperature);
        foreach (var parameter in config.Parameters())
        {
            foreach (var value in Weights[parameter.Name])
                writer.Write(value);
        }
    }

    /// <summary>Reads the fields.</summary>
    /// <exception cref="ModelEntryException">A field is invalid.</exception>
    /// <exception cref="EndOfStreamException">The entry ends too early.</exception>
    public static ScorerEntry Read(BinaryReader reader)
    {
        var (maskKind, batchSize) = (reader.ReadInt32(), reader.ReadInt32());
        var config = ReadConfig(reader);
        var policy = reader.ReadInt32();
        var (pads, probabilities) = (ModelEntryReader.ReadFlag(reader, nameof(PadTokenScores)), ModelEntryReader.ReadFlag(reader, nameof(TokenProbabilities)));
        var candidates = reader.ReadInt32();
        var temperature = reader.ReadSingle();
        if (!CalibratedProbability.IsValid(temperature))
            throw new ModelEntryException(FormattableString.Invariant($"Temperature: expected {CalibratedProbability.Bounds}, found {temperature}"));
        return new ScorerEntry(maskKind, batchSize, policy, pads, probabilities, candidates, ReadWeights(reader, config, temperature));
    }

    private static DiscriminatorConfig ReadConfig(BinaryReader reader)
    {
        var config = new DiscriminatorConfig
        {
            EmbeddingDimension = reader.ReadInt32(),
            MaxTokens = reader.ReadInt32(),
            ModelDimension = reader.ReadInt32(),
            Heads = reader.ReadInt32(),
            Layers = reader.ReadInt32(),
            FeedForwardDimension = reader.ReadInt32(),
            LearnInitialEmbedding = ModelEntryReader.ReadFlag(reader, nameof(DiscriminatorConfig.LearnInitialEmbedding)),
            Dropout = reader.ReadDouble(),
            AttentionDropout = reader.ReadDouble(),
            Precision = (ComputePrecision)reader.ReadInt32(),
        };
        ModelEntryReader.Check(config.FindProblem());
        return config.Resolve() == config
            ? config
            : throw new ModelEntryException($"Heads: a width of {config.ModelDimension} cannot be divided among {config.Heads} heads");
    }

    // The sizes come from the file, so they are compared with the rest of its length before anything is allocated.
    private static StateDictionary ReadWeights(BinaryReader reader, DiscriminatorConfig config, float temperature)
    {
        var expected = config.Parameters().Sum(parameter => parameter.Count) * sizeof(float);
        var left = ModelEntryReader.RemainingBytes(reader);
        if (expected > left)
            throw new ModelEntryException($"its sizes take {expected} bytes of weights, {left} are left");

        var values = config.Parameters().ToDictionary(
            parameter => parameter.Name, parameter => ModelEntryReader.ReadSingles(reader, checked((int)parameter.Count)));
        var weights = new StateDictionary(config, values) { Temperature = temperature };
        return weights.FindProblem() is { } problem ? throw new ModelEntryException(problem) : weights;
    }
}
