using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>The size of a network and a batch: two layers of four heads, no dropout, one label per row.</summary>
/// <param name="Tokens">T.</param>
/// <param name="Rows">B.</param>
/// <param name="Dimension">C = D.</param>
internal sealed record TrainingCase(int Tokens, int Rows, int Dimension)
{
    public const int Heads = 4;
    public const int Layers = 2;

    public static readonly TrainingCase[] All = [new(32, 32, 32), new(128, 32, 64), new(512, 8, 64), new(2048, 2, 64)];

    public DiscriminatorConfig Shape => new()
    {
        EmbeddingDimension = Dimension,
        ModelDimension = Dimension,
        MaxTokens = Tokens,
        Heads = Heads,
        Layers = Layers,
        Dropout = 0,
    };

    /// <summary>Creates random combined sequences, (B, 2T, C), and labels, (B).</summary>
    public (Tensor Sequences, Tensor Labels) Draw()
    {
        var random = new Random(1);
        var values = new float[Rows * 2 * Tokens * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return (tensor(values, [Rows, 2 * Tokens, Dimension]), tensor(Enumerable.Range(0, Rows).Select(i => (float)(i % 2)).ToArray()));
    }

    /// <summary>Creates the dense additive mask, (2T, 2T).</summary>
    public Tensor Mask()
    {
        var values = new float[NextTokenMask.Count(Tokens)];
        NextTokenMask.FillAdditive(values, Tokens, Tokens);
        return tensor(values, [2 * Tokens, 2 * Tokens]);
    }
}
