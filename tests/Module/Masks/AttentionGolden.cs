using System.Text.Json;

namespace MlNetNtd.Tests;

/// <summary>Self-attention as PyTorch computed it under each kind of mask; every array is row-major.</summary>
internal sealed record AttentionCase
{
    public required string Name { get; init; }

    public required int Tokens { get; init; }

    public required int PaddedTokens { get; init; }

    public required int EmbDim { get; init; }

    public required int Heads { get; init; }

    /// <summary>A character a value, '1' = may not attend.</summary>
    public required string Blocked { get; init; }

    /// <summary>(2P, C).</summary>
    public required float[] Sequence { get; init; }

    public required float[] AttentionBlocked { get; init; }

    public required float[] AttentionAllowed { get; init; }

    public required float[] AttentionAdditive { get; init; }

    public override string ToString() => Name;
}

/// <summary>The golden file of attention outputs.</summary>
internal static class AttentionGolden
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyDictionary<string, AttentionCase> Cases { get; } = Read();

    /// <summary>The names of the cases, for <c>[DynamicData]</c>.</summary>
    public static IEnumerable<object[]> Names => Cases.Keys.Select(name => new object[] { name });

    private static Dictionary<string, AttentionCase> Read()
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "attention_masks.json"));
        return JsonSerializer.Deserialize<CaseFile>(stream, Format)!.Cases.ToDictionary(one => one.Name);
    }

    private sealed record CaseFile(AttentionCase[] Cases);
}
