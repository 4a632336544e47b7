using System.Text;

namespace MlNetNtd.Fuzz;

/// <summary>A state file, as TorchSharp's <c>module.save</c> writes it.</summary>
internal sealed class TorchSharpTarget : WeightsTarget<float[]>
{
    private const byte Single = 6;
    private const byte Int64 = 4;

    public override string Name => "torchsharp";

    public override IReadOnlyList<byte[]> Corpus { get; } =
    [
        [1, 8, .. "init_emb"u8, Single, 3, 1, 1, 3, .. new byte[12]],
        [2, 1, .. "b"u8, Int64, 0, .. new byte[8], 8, .. "init_emb"u8, Single, 1, 2, .. new byte[8]],
        [3, 1, .. "e"u8, 15, 2, 0, 7, 1, .. "f"u8, 11, 1, 5, .. new byte[5], 8, .. "init_emb"u8, Single, 3, 1, 1, 1, .. new byte[4]],
    ];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [8, .. Encoding.UTF8.GetBytes("init_emb")],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        [0x00, 0x00, 0xC0, 0x7F],
    ];

    protected override float[] Load(string path) => [.. InitialEmbeddingFile.LoadTorchSharp(path)];

    protected override void Save(string path, float[] values) => InitialEmbeddingFile.SaveTorchSharp(path, values);
}
