namespace MlNetNtd;

/// <summary>What a model zip holds of the transform, after the names of its columns.</summary>
/// <remarks>
/// Little-endian and in this order: MaxTokens, MaskKind, PadToMaxTokens, Engine, BatchSize (0 if the size of a row determines it) and
/// C as 32-bit integers; the initial embedding as C 32-bit floats; TruncateToMaxTokens and CandidatesPerToken as
/// 32-bit integers. Values that belong to the transform in ML.NET are not checked here.
/// </remarks>
/// <param name="MaxTokens">The maximum number of tokens.</param>
/// <param name="MaskKind">The kind of the mask, as a number.</param>
/// <param name="PadToMaxTokens">Whether rows are padded.</param>
/// <param name="Engine">The engine, as a number.</param>
/// <param name="BatchSize">The number of rows of a block; 0: chosen by the size of a row.</param>
/// <param name="InitialEmbedding">The embedding of position 0, C values.</param>
/// <param name="TruncateToMaxTokens">Whether longer rows are truncated.</param>
/// <param name="CandidatesPerToken">K, the number of candidates of each token.</param>
internal sealed record TransformEntry(
    int MaxTokens, int MaskKind, bool PadToMaxTokens, int Engine, int BatchSize, float[] InitialEmbedding, bool TruncateToMaxTokens, int CandidatesPerToken)
{
    /// <summary>The model signature in the entry's header. ML.NET requires exactly 8 characters.</summary>
    public const string ModelSignature = "NTDSTAGE";

    /// <summary>The version of the format.</summary>
    public const uint FormatVersion = 0x00010002;

    /// <summary>The largest accepted C. It is far above any in use, and bounds what a file may claim.</summary>
    public const int MaxDimension = 1 << 24;

    /// <summary>The number of references to names of columns before these fields: combined, mask, token count, previous, current.</summary>
    public const int Names = 5;

    /// <summary>Writes the fields.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(MaxTokens);
        writer.Write(MaskKind);
        writer.Write(PadToMaxTokens ? 1 : 0);
        writer.Write(Engine);
        writer.Write(BatchSize);
        writer.Write(InitialEmbedding.Length);
        foreach (var value in InitialEmbedding)
            writer.Write(value);
        writer.Write(TruncateToMaxTokens ? 1 : 0);
        writer.Write(CandidatesPerToken);
    }

    /// <summary>Reads the fields.</summary>
    /// <exception cref="ModelEntryException">A field is invalid.</exception>
    /// <exception cref="EndOfStreamException">The entry ends too early.</exception>
    public static TransformEntry Read(BinaryReader reader) => new(
        MaxTokens: reader.ReadInt32(),
        MaskKind: reader.ReadInt32(),
        PadToMaxTokens: ModelEntryReader.ReadFlag(reader, nameof(PadToMaxTokens)),
        Engine: reader.ReadInt32(),
        BatchSize: reader.ReadInt32(),
        InitialEmbedding: ReadEmbedding(reader),
        TruncateToMaxTokens: ModelEntryReader.ReadFlag(reader, nameof(TruncateToMaxTokens)),
        CandidatesPerToken: reader.ReadInt32());

    // The file is untrusted: the count is checked before the array is allocated.
    private static float[] ReadEmbedding(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count is < 1 or > MaxDimension)
            throw new ModelEntryException($"EmbeddingDimension: expected 1 to {MaxDimension} dimensions, found {count}");
        var left = ModelEntryReader.RemainingBytes(reader);
        return (long)count * sizeof(float) <= left
            ? ModelEntryReader.ReadSingles(reader, count)
            : throw new ModelEntryException($"InitialEmbedding: {count} values are announced, {left} bytes are left");
    }
}
