using System.Text;

namespace MlNetNtd.Tests;

/// <summary>Model zips as ML.NET writes them, made without it, with parts that may lie.</summary>
internal static class ModelZips
{
    public const int HeaderBytes = 256;
    public const string ScorerName = "TransformerChain/Transform_001/Model.key";
    public const string TransformName = "TransformerChain/Transform_000/Model.key";

    public static DiscriminatorConfig Config { get; } =
        new DiscriminatorConfig { EmbeddingDimension = 3, MaxTokens = 4, ModelDimension = 4, Layers = 1, FeedForwardDimension = 8 }.Resolve();

    public static StateDictionary Weights { get; } = StateDictionary.Initialize(Config, seed: 1);

    /// <summary>A scorer's part.</summary>
    public static byte[] Scorer(StateDictionary? weights = null) => Part(
        ScorerEntry.ModelSignature, ScorerEntry.Names,
        writer => new ScorerEntry(0, 1, 0, PadTokenScores: true, TokenProbabilities: false, CandidatesPerToken: 1, weights ?? Weights).Write(writer));

    /// <summary>A transform's part.</summary>
    public static byte[] Transform(params float[] initialEmbedding) => Part(
        TransformEntry.ModelSignature, TransformEntry.Names,
        writer => new TransformEntry(4, 0, PadToMaxTokens: false, 0, 0, initialEmbedding, TruncateToMaxTokens: false, CandidatesPerToken: 1).Write(writer));

    /// <summary>A part of any signature.</summary>
    public static byte[] Part(string signature, int names, Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(new byte[HeaderBytes]);
        for (var i = 0; i < names; i++)
            writer.Write(i);
        write(writer);
        var part = stream.ToArray();
        "ML\0MODEL"u8.CopyTo(part);
        Set(part, offset: 0x10, (long)HeaderBytes);
        Set(part, offset: 0x18, part.LongLength - HeaderBytes);
        Encoding.ASCII.GetBytes(signature, part.AsSpan(0x40));
        var version = signature == ScorerEntry.ModelSignature ? ScorerEntry.FormatVersion : TransformEntry.FormatVersion;
        Set(part, offset: 0x48, version);
        Set(part, offset: 0x4C, version);
        return part;
    }

    /// <summary>Overwrites a number.</summary>
    /// <returns>The part.</returns>
    public static byte[] Set<T>(byte[] part, int offset, T value)
        where T : unmanaged
    {
        System.Runtime.InteropServices.MemoryMarshal.Write(part.AsSpan(offset), value);
        return part;
    }

    /// <summary>Reads the scorer of a zip.</summary>
    public static TokenScorer Load(params (string Name, byte[] Bytes)[] entries) => Load(Zips.Write(entries));

    /// <summary>Reads the scorer of a zip.</summary>
    public static TokenScorer Load(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        return TokenScorer.LoadModel(stream, threads: 1);
    }
}
