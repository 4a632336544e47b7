using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>The sizes of a <see cref="DiscriminatorNetwork"/>.</summary>
public sealed record DiscriminatorConfig
{
    // Far beyond use; they bound what a model file may claim.
    private const int MaxDimension = 1 << 20;
    private const int MaxLayers = 256;

    /// <summary>The most heads chosen where <see cref="Heads"/> is null.</summary>
    public const int DefaultHeads = 4;

    /// <summary>The least width chosen where <see cref="ModelDimension"/> is null.</summary>
    public const int DefaultModelDimension = 64;

    /// <summary>C, the dimension of one embedding.</summary>
    public required int EmbeddingDimension { get; init; }

    /// <summary>The longest half accepted, in tokens: as many position embeddings are learned.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>
    /// D, the width inside, 1 to 1,048,576; rounded up to a multiple of <see cref="Heads"/> where it is none. Null: C, but at
    /// least <see cref="DefaultModelDimension"/>.
    /// </summary>
    public int? ModelDimension { get; init; }

    /// <summary>Attention heads, 1 to 1,048,576. Null: the largest number up to 4 that divides D.</summary>
    public int? Heads { get; init; }

    /// <summary>
    /// Whether embeddings are projected from C to D on entry. Layer norm takes from a position what all its dimensions have in
    /// common; a projection spreads it over directions that stay. False: networks of the first version, whose D is C. Default:
    /// true.
    /// </summary>
    public bool InputProjection { get; init; } = true;

    /// <summary>Encoder layers.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>The width of each layer's feed-forward part; null: 4 * D.</summary>
    public int? FeedForwardDimension { get; init; }

    /// <summary>
    /// The share of values left out at random while training, 0 (none) up to but not including 1: of what attention and the
    /// feed-forward part add, and inside the latter.
    /// </summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>
    /// The share of attention left out at random while training, 0 (none) up to but not including 1. Other than 0 it costs
    /// the attention that knows its mask: all (2T, 2T) scores are computed, and kept for the backward pass.
    /// </summary>
    public double AttentionDropout { get; init; }

    /// <summary>The numbers the network computes with.</summary>
    public ComputePrecision Precision { get; init; }

    /// <summary>Whether position 0 of the sequence is replaced by a parameter, learned with the rest.</summary>
    public bool LearnInitialEmbedding { get; init; }

    /// <summary>The same sizes with nothing left to defaults, and D a multiple of the heads.</summary>
    public DiscriminatorConfig Resolve()
    {
        var width = ModelDimension ?? (InputProjection ? Math.Max(EmbeddingDimension, DefaultModelDimension) : EmbeddingDimension);
        var multiple = Heads ?? (ModelDimension is null && InputProjection ? DefaultHeads : 1);
        width = (width + multiple - 1) / multiple * multiple;
        var heads = Heads ?? Enumerable.Range(1, DefaultHeads).Last(heads => width % heads == 0);
        return this with
        {
            ModelDimension = width,
            Heads = heads,
            FeedForwardDimension = FeedForwardDimension ?? (int)Math.Min(int.MaxValue, 4L * width),
        };
    }

    /// <summary>What is wrong with these sizes: the one at fault and a sentence; null when nothing is.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (EmbeddingDimension is < 1 or > MaxDimension)
            return (nameof(EmbeddingDimension), $"expected 1 to {MaxDimension} dimensions, found {EmbeddingDimension}");
        if (MaxTokens < 1 || MaxTokens > NextTokenMask.MaxTokens)
            return (nameof(MaxTokens), $"expected 1 to {NextTokenMask.MaxTokens} tokens, found {MaxTokens}");
        if (FindOptionProblem(ModelDimension, Heads, Layers, FeedForwardDimension) is { } problem)
            return problem;
        if (FindTrainingProblem() is { } other)
            return other;
        if (!InputProjection && Resolve().ModelDimension != EmbeddingDimension)
        {
            return (nameof(InputProjection),
                $"expected a width of {EmbeddingDimension} (C) where there is none, found {Resolve().ModelDimension}");
        }

        return FlatParameters.LengthOf(this) > Array.MaxLength / sizeof(float)
            ? (nameof(ModelDimension), "the network would have more weights than fit one array")
            : null;
    }

    /// <summary>The rules on sizes that need not know C.</summary>
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

    // That hold whatever the sizes are.
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
    /// Every parameter of the network, in the order in which a model file holds them. The encoder's names are those of
    /// PyTorch's <c>nn.TransformerEncoder</c> with <c>norm_first=True</c>.
    /// </summary>
    internal IEnumerable<ParameterShape> Parameters()
    {
        var settled = Resolve();
        long embedding = EmbeddingDimension;
        long width = settled.ModelDimension!.Value;
        long inner = settled.FeedForwardDimension!.Value;

        if (LearnInitialEmbedding)
            yield return new(ParameterNames.InitialEmbedding, [1, 1, embedding]);
        if (InputProjection)
        {
            yield return new($"{ParameterNames.InputProjection}.weight", [width, embedding]);
            yield return new($"{ParameterNames.InputProjection}.bias", [width]);
        }

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

/// <summary>A parameter's name in the state dictionary and its dimensions.</summary>
internal sealed record ParameterShape(string Name, ImmutableArray<long> Sizes)
{
    /// <summary>The number of values. No product of sizes within the limits overflows.</summary>
    public long Count => Sizes.Aggregate(1L, (count, size) => count * size);
}

/// <summary>Names in the network's state dictionary that are not PyTorch's.</summary>
internal static class ParameterNames
{
    // The name that the original module and the stage's weight files use.
    public const string InitialEmbedding = "init_emb";
    public const string InputProjection = "input_projection";
    public const string PositionEmbedding = "position_embedding";
    public const string SegmentEmbedding = "half_embedding";
    public const string Encoder = "encoder";
    public const string Head = "head";
}
