using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetNtd.Tests;

/// <summary>One case that the original PyTorch module wrote; every array is row-major.</summary>
internal sealed record GoldenCase
{
    public required string Name { get; init; }

    public required int Batch { get; init; }

    public required int Tokens { get; init; }

    [JsonPropertyName("emb_dim")]
    public required int Dimension { get; init; }

    [JsonPropertyName("max_tsz")]
    public required int MaxTokens { get; init; }

    [JsonPropertyName("init_emb")]
    public required float[] InitialEmbedding { get; init; }

    [JsonPropertyName("prev_embs")]
    public required float[] Previous { get; init; }

    [JsonPropertyName("curr_embs")]
    public required float[] Current { get; init; }

    [JsonPropertyName("embs")]
    public required float[] Combined { get; init; }

    [JsonPropertyName("embs_shape")]
    public required long[] CombinedShape { get; init; }

    /// <summary>A character a value, '1' = may not attend.</summary>
    public required string Mask { get; init; }

    [JsonPropertyName("mask_shape")]
    public required long[] MaskShape { get; init; }

    [JsonPropertyName("out_grad")]
    public required float[] OutputGradient { get; init; }

    [JsonPropertyName("grad_init_emb")]
    public required float[] InitialEmbeddingGradient { get; init; }

    [JsonPropertyName("grad_prev_embs")]
    public required float[] PreviousGradient { get; init; }

    [JsonPropertyName("grad_curr_embs")]
    public required float[] CurrentGradient { get; init; }

    [JsonPropertyName("state_dict_keys")]
    public required string[] StateKeys { get; init; }

    public bool[] Blocked => [.. Mask.Select(value => value == '1')];

    public override string ToString() => Name;
}

/// <summary>The golden files, which lie beside the tests.</summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The values of the tensor init_emb in Golden/init_emb.safetensors, which PyTorch wrote.</summary>
    public static float[] InitialEmbeddingOfPyTorch =>
        [0.8032760620117188f, 0.17483338713645935f, 0.08897809684276581f, -0.6137180328369141f, 0.04618244990706444f];

    /// <summary>The cases of the original module: name, then case.</summary>
    public static IReadOnlyDictionary<string, GoldenCase> Cases { get; } = Read();

    /// <summary>The names of the cases, for <c>[DynamicData]</c>.</summary>
    public static IEnumerable<object[]> Names => Cases.Keys.Select(name => new object[] { name });

    private static Dictionary<string, GoldenCase> Read()
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "next_token_discriminator.json"));
        return JsonSerializer.Deserialize<CaseFile>(stream, Format)!.Cases.ToDictionary(one => one.Name);
    }

    private sealed record CaseFile(GoldenCase[] Cases);
}
