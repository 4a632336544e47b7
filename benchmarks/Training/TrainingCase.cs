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

    /// <summary>
    /// Gets the floating-point operations of a step's necessary products, two for a multiplication: what the mask blocks, and the last
    /// layer's context half but for its keys and values, are not necessary.
    /// </summary>
    /// <remarks>
    /// With N = B T and I = 4 D: the input projection has 2 N C D multiplications; a layer 2 N (4 D² + 2 D I), the last one
    /// N (4 D² + 2 D I) + 2 N D²; attention 2 D for each allowed pair of query and key, B (T (T + 1) + T) of them, and in the last layer
    /// B (T (T + 1) / 2 + T); the head N D. Backward takes twice as many, but for the gradient of the sequences, which nobody needs.
    /// </remarks>
    public double Operations
    {
        get
        {
            double n = Rows * Tokens, d = Dimension, pairs = Rows * Tokens * (Tokens + 1.0) / 2;
            var input = 2 * n * d * d;
            var layer = 4 * d * d + 8 * d * d;
            var whole = (Layers - 1) * (2 * n * layer + 2 * d * (2 * pairs + n));
            var last = n * layer + 2 * n * d * d + 2 * d * (pairs + n);
            return 2 * (3 * (input + whole + last + n * d) - input);
        }
    }

    /// <summary>Creates random combined sequences, (B, 2T, C), and labels, (B).</summary>
    public (Tensor Sequences, Tensor Labels) Draw() =>
        (tensor(DrawValues(), [Rows, 2 * Tokens, Dimension]), tensor(Enumerable.Range(0, Rows).Select(i => (float)(i % 2)).ToArray()));

    /// <summary>Draws the values of random combined sequences, (B, 2T, C).</summary>
    public float[] DrawValues()
    {
        var random = new Random(1);
        var values = new float[Rows * 2 * Tokens * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return values;
    }

    /// <summary>Creates the dense additive mask, (2T, 2T).</summary>
    public Tensor Mask()
    {
        var values = new float[NextTokenMask.Count(Tokens)];
        NextTokenMask.FillAdditive(values, Tokens, Tokens);
        return tensor(values, [2 * Tokens, 2 * Tokens]);
    }
}
