using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>Configures a discriminator network: its sizes, dropout and precision.</summary>
public sealed record DiscriminatorConfig
{
    // Bounds on what a model file may claim. Real networks stay far below.
    private const int MaxDimension = 1 << 20;
    internal const int MaxLayers = 256;

    // The mask of a sequence, (2T, 2T), fits one array.
    internal static readonly int MaxTokensLimit = (int)Math.Floor(Math.Sqrt(Array.MaxLength)) / 2;

    /// <summary>The maximum number of heads chosen if <see cref="Heads"/> is null.</summary>
    public const int DefaultHeads = 4;

    /// <summary>The minimum width chosen if <see cref="ModelDimension"/> is null.</summary>
    public const int DefaultModelDimension = 64;

    /// <summary>Gets C, the dimension of one embedding.</summary>
    public required int EmbeddingDimension { get; init; }

    /// <summary>Gets the maximum number of tokens in each half. The network learns this many position embeddings.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>
    /// Gets D, the width of the network, 1 to 1,048,576; rounded up to a multiple of <see cref="Heads"/>. Null: C, but at least
    /// <see cref="DefaultModelDimension"/>.
    /// </summary>
    public int? ModelDimension { get; init; }

    /// <summary>Gets the number of attention heads, 1 to 1,048,576. Null: the largest number up to 4 that divides D.</summary>
    public int? Heads { get; init; }

    /// <summary>Gets the number of encoder layers. Default: 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Gets the width of each layer's feed-forward part. Null: 4 * D.</summary>
    public int? FeedForwardDimension { get; init; }

    /// <summary>
    /// Gets the dropout rate, 0 (none) up to but not including 1, of the outputs of attention and feed-forward and of the
    /// feed-forward's inner values. Default: 0.1.
    /// </summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>
    /// Gets the dropout rate of attention probabilities, 0 (none) up to but not including 1. Any other value than 0 turns off the
    /// attention kernels that skip blocked keys: all (2T, 2T) scores are computed, and kept for the backward pass. Default: 0.
    /// </summary>
    public double AttentionDropout { get; init; }

    /// <summary>Gets the number format the network computes with. Default: Single.</summary>
    public ComputePrecision Precision { get; init; }

    /// <summary>
    /// Gets whether position 0 of the sequence is replaced by a parameter that is trained with the network. Default: false.
    /// </summary>
    public bool LearnInitialEmbedding { get; init; }

    /// <summary>Returns a copy in which every default is replaced by its value, and D is a multiple of the heads.</summary>
    public DiscriminatorConfig Resolve()
    {
        var width = ModelDimension ?? Math.Max(EmbeddingDimension, DefaultModelDimension);
        var multiple = Heads ?? (ModelDimension is null ? DefaultHeads : 1);
        width = (width + multiple - 1) / multiple * multiple;
        var heads = Heads ?? Enumerable.Range(1, DefaultHeads).Last(heads => width % heads == 0);
        return this with
        {
            ModelDimension = width,
            Heads = heads,
            FeedForwardDimension = FeedForwardDimension ?? (int)Math.Min(int.MaxValue, 4L * width),
        };
    }

    /// <summary>Finds the first invalid option and describes the problem in one sentence; null if all options are valid.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (EmbeddingDimension is < 1 or > MaxDimension)
            return (nameof(EmbeddingDimension), $"expected 1 to {MaxDimension} dimensions, found {EmbeddingDimension}");
        if (MaxTokens < 1 || MaxTokens > MaxTokensLimit)
            return (nameof(MaxTokens), $"expected 1 to {MaxTokensLimit} tokens, found {MaxTokens}");
        if (FindOptionProblem(ModelDimension, Heads, Layers, FeedForwardDimension) is { } problem)
            return problem;
        if (FindTrainingProblem() is { } trainingProblem)
            return trainingProblem;
        return GetFlatLength() > Array.MaxLength / sizeof(float)
            ? (nameof(ModelDimension), "the network would have more weights than fit one array")
            : null;
    }

    /// <summary>Checks the sizes whose limits do not depend on C.</summary>
    internal static (string Option, string Problem)? FindOptionProblem(
        int? modelDimension, int? heads, int layers, int? feedForwardDimension)
    {
        if (modelDimension is < 1 or > MaxDimension)
            return (nameof(ModelDimension), $"expected 1 to {MaxDimension} dimensions, or none, found {modelDimension}");
        if (heads is < 1 or > MaxDimension)
            return (nameof(Heads), $"expected 1 to {MaxDimension} heads, or none, found {heads}");
        if (layers is < 1 or > MaxLayers)
            return (nameof(Layers), $"expected 1 to {MaxLayers} layers, found {layers}");
        if (feedForwardDimension is < 1 or > 4 * MaxDimension)
            return (nameof(FeedForwardDimension), $"expected 1 to {4 * MaxDimension} dimensions, or none, found {feedForwardDimension}");
        return null;
    }

    /// <summary>Gets the number of values of all parameters in one array, in which each begins at a cache line.</summary>
    internal long GetFlatLength() => Parameters().Sum(parameter => parameter.AlignedCount);

    // Checks the options that do not depend on sizes.
    private (string Option, string Problem)? FindTrainingProblem()
    {
        if (!(Dropout >= 0 && Dropout < 1))
            return (nameof(Dropout), FormattableString.Invariant($"expected 0 up to but not including 1, found {Dropout}"));
        if (!(AttentionDropout >= 0 && AttentionDropout < 1))
            return (nameof(AttentionDropout), FormattableString.Invariant($"expected 0 up to but not including 1, found {AttentionDropout}"));
        if (!Enum.IsDefined(Precision))
            return (nameof(Precision), $"expected one of {string.Join(", ", Enum.GetNames<ComputePrecision>())}, found {(int)Precision}");
        return null;
    }

    /// <summary>
    /// Lists every parameter of the network in the order of the model file. The encoder's names are those of PyTorch's
    /// <c>nn.TransformerEncoder</c> with <c>norm_first=True</c>.
    /// </summary>
    internal IEnumerable<ParameterShape> Parameters()
    {
        var resolved = Resolve();
        long embedding = EmbeddingDimension;
        long width = resolved.ModelDimension!.Value;
        long inner = resolved.FeedForwardDimension!.Value;

        if (LearnInitialEmbedding)
            yield return new(ParameterNames.InitialEmbedding, [1, 1, embedding]);
        yield return new($"{ParameterNames.InputProjection}.weight", [width, embedding]);
        yield return new($"{ParameterNames.InputProjection}.bias", [width]);
        yield return new(ParameterNames.PositionEmbedding, [MaxTokens, width]);
        yield return new(ParameterNames.SegmentEmbedding, [2, width]);
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"{ParameterNames.Encoder}.layers.{i}";
            yield return new($"{layer}.self_attn.in_proj_weight", [3 * width, width]);
            yield return new($"{layer}.self_attn.in_proj_bias", [3 * width]);
            yield return new($"{layer}.self_attn.out_proj.weight", [width, width]);
            yield return new($"{layer}.self_attn.out_proj.bias", [width]);
            yield return new($"{layer}.linear1.weight", [inner, width]);
            yield return new($"{layer}.linear1.bias", [inner]);
            yield return new($"{layer}.linear2.weight", [width, inner]);
            yield return new($"{layer}.linear2.bias", [width]);
            yield return new($"{layer}.norm1.weight", [width]);
            yield return new($"{layer}.norm1.bias", [width]);
            yield return new($"{layer}.norm2.weight", [width]);
            yield return new($"{layer}.norm2.bias", [width]);
        }

        yield return new($"{ParameterNames.Encoder}.norm.weight", [width]);
        yield return new($"{ParameterNames.Encoder}.norm.bias", [width]);
        yield return new($"{ParameterNames.Head}.weight", [1, width]);
        yield return new($"{ParameterNames.Head}.bias", [1]);
    }
}

/// <summary>Describes a parameter: its name in the state dictionary and its dimensions.</summary>
internal sealed record ParameterShape(string Name, ImmutableArray<long> Sizes)
{
    /// <summary>Gets the number of values. No product of sizes within the limits overflows.</summary>
    public long Count => Sizes.Aggregate(1L, (count, size) => count * size);

    /// <summary>Gets the number of values, rounded up to full cache lines.</summary>
    public long AlignedCount => AlignToCacheLine(Count);

    /// <summary>Rounds a number of 32-bit values up to full cache lines of 64 bytes.</summary>
    public static long AlignToCacheLine(long count) => (count + 15) / 16 * 16;
}

/// <summary>Names in the network's state dictionary that PyTorch's encoder does not define.</summary>
internal static class ParameterNames
{
    // The name in the original module's state dictionary and in the transform's weight files.
    public const string InitialEmbedding = "init_emb";
    public const string InputProjection = "input_projection";
    public const string PositionEmbedding = "position_embedding";
    public const string SegmentEmbedding = "segment_embedding";
    public const string Encoder = "encoder";
    public const string Head = "head";
}
