using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace MlNetNtd.Fuzz;

/// <summary>A network's weights in a .safetensors file, as a scorer without ML.NET reads them.</summary>
internal sealed class NetworkTarget : WeightsTarget<StateDictionary>
{
    private const int PrefixBytes = sizeof(long);

    private static readonly string[] Types = ["F32", "F16", "F64", "BF16", "F4", "X", ""];
    private static readonly string[] Texts = ["", "0", "1", "3", "2147483648", "-1", "1e9", "0.5", "NaN", "Single", "BFloat16", "7", "\uD800"];

    public override string Name => "network";

    public override IReadOnlyList<byte[]> Corpus { get; } =
    [
        Written(new DiscriminatorConfig { EmbeddingDimension = 1, MaxTokens = 1, ModelDimension = 1, Layers = 1, FeedForwardDimension = 1 }),
        Written(new DiscriminatorConfig { EmbeddingDimension = 2, MaxTokens = 3, ModelDimension = 6, Heads = 3, Layers = 2, FeedForwardDimension = 5, LearnInitialEmbedding = true }),
        Written(new DiscriminatorConfig { EmbeddingDimension = 5, MaxTokens = 2, ModelDimension = 4, Layers = 1, Dropout = 0, AttentionDropout = 0.5, Precision = ComputePrecision.BFloat16 }),
    ];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[] { "\"__metadata__\":", "\"heads\":", "\"dropout\":", "\"precision\":", "\"encoder.layers.0.linear1.weight\"", "\"init_emb\":", "\"F32\"", "[", "]", "{", "}", ",", "null" }
            .Select(Encoding.UTF8.GetBytes),
        .. new[] { float.NaN, float.PositiveInfinity, float.MaxValue, -0f }.Select(BitConverter.GetBytes),
    ];

    public override byte[] Mutate(Mutator mutator)
    {
        var whole = mutator.Pick(Corpus);
        if (mutator.OneIn(4))
            return mutator.Bytes(whole);

        // A header of the length that stands in front of it, with other sizes, names, types and texts in it.
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        var (header, data) = (whole[PrefixBytes..(PrefixBytes + length)], whole[(PrefixBytes + length)..]);
        if (mutator.OneIn(3))
            data = mutator.Bytes(data);
        else if (mutator.OneIn(8))
            header = mutator.Bytes(header);
        else
            header = Change(JsonNode.Parse(header)!.AsObject(), mutator);
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. data];
    }

    protected override StateDictionary Load(string path)
    {
        TokenScorers.Use(TokenScorer.LoadSafetensors(path, threads: 1));
        return NetworkFile.Load(path, heads: null);
    }

    protected override void Save(string path, StateDictionary weights) => weights.Save(path);

    private static byte[] Change(JsonObject header, Mutator mutator)
    {
        for (var changes = 1 + mutator.Below(2); changes > 0; changes--)
        {
            var (metadata, names) = (header["__metadata__"]!.AsObject(), header.Select(entry => entry.Key).Where(name => name != "__metadata__").ToList());
            var entry = header[mutator.Pick(names)]!.AsObject();
            switch (mutator.Below(6))
            {
                case 0:
                    metadata[mutator.Pick(["heads", "temperature", "dropout", "attention_dropout", "precision"])] = mutator.Pick(Texts);
                    break;
                case 1:
                    metadata.Remove(mutator.Pick(["heads", "temperature", "dropout", "attention_dropout", "precision"]));
                    break;
                case 2:
                    entry["dtype"] = mutator.Pick(Types);
                    break;
                case 3:
                    var shape = entry["shape"]!.AsArray();
                    shape[mutator.Below(shape.Count)] = mutator.Number();
                    break;
                case 4:
                    entry["shape"]!.AsArray().Add(mutator.Pick([1, 2, 0]));
                    break;
                default:
                    var name = mutator.Pick(names);
                    var moved = header[name]!.DeepClone();
                    header.Remove(name);
                    header[mutator.Pick(["init_emb", "encoder.layers.1.linear1.weight", "encoder.layers.9.linear1.weight", "other", mutator.Pick(names)])] = moved;
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(header.ToJsonString());
    }

    private static byte[] Written(DiscriminatorConfig config) =>
        CheckpointBytes.Written(path => StateDictionary.Initialize(config.Resolve(), seed: 1).Save(path));
}
