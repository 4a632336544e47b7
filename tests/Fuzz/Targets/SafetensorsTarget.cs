using System.Buffers.Binary;
using System.Text;

namespace MlNetNtd.Fuzz;

/// <summary>The initial embedding in a .safetensors file, as PyTorch users exchange weights.</summary>
internal sealed class SafetensorsTarget : WeightsTarget<float[]>
{
    private const int PrefixBytes = sizeof(long);

    public override string Name => "safetensors";

    public override IReadOnlyList<byte[]> Corpus { get; } =
    [
        File("""{"init_emb":{"dtype":"F32","shape":[1,1,3],"data_offsets":[0,12]}}""", 12),
        File("""{"init_emb":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"b":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}  """, 16),
        File("""{"init_emb":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"f":{"dtype":"F4","shape":[2,3],"data_offsets":[4,7]},"u":{"dtype":"X","shape":[9],"data_offsets":[7,8]}}""", 8),
        File("""{"__metadata__":{"format":"pt"},"e":{"dtype":"BF16","shape":[0,7],"data_offsets":[0,0]},"init_emb":{"dtype":"F32","shape":[1,1,1],"data_offsets":[0,4]}}""", 4),
    ];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[]
        {
            "\"init_emb\":", "\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":", "\"F32\"", "\"F64\"", "\"F8_E4M3\"", "\"F4\"", "\"C64\"", "[", "]", "{", "}", ",",
            ":", "null", "true", "\"\\ud800\"", "9223372036854775807", "-1", "1e400", "4294967296", "[[[[[[[[", "{\"a\":{\"a\":{\"a\":",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public override byte[] Mutate(Mutator mutator)
    {
        var whole = mutator.Pick(Corpus);
        if (mutator.OneIn(4))
            return mutator.Bytes(whole);

        // A header of the length that stands in front of it.
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        var header = mutator.Bytes(whole[PrefixBytes..(PrefixBytes + length)]);
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. whole[(PrefixBytes + length)..]];
    }

    protected override float[] Load(string path) => [.. InitialEmbeddingFile.LoadSafetensors(path)];

    protected override void Save(string path, float[] values) => InitialEmbeddingFile.SaveSafetensors(path, values);

    private static byte[] File(string header, int bytes) => [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[bytes]];
}
