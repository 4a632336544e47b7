namespace MlNetNtd;

/// <summary>The values of one encoder layer's forward pass that its backward pass reads.</summary>
internal sealed class LayerActivations
{
    /// <summary>Gets the layer's input, (positions, D).</summary>
    public AlignedBuffer Input { get; } = new();

    /// <summary>Gets the normalized input, (positions, D).</summary>
    public AlignedBuffer Normed { get; } = new();

    /// <summary>Gets mean and deviation of each position of the input.</summary>
    public AlignedBuffer Moments { get; } = new();

    /// <summary>Gets queries, keys and values, (positions, 3 * D).</summary>
    public AlignedBuffer Projected { get; } = new();

    /// <summary>Gets the output of attention, (positions, D).</summary>
    public AlignedBuffer Attended { get; } = new();

    /// <summary>Gets the statistics of each softmax: by head, then as the attention kernel writes them.</summary>
    public AlignedBuffer Statistics { get; } = new();

    /// <summary>Gets the input plus attention, (positions, D).</summary>
    public AlignedBuffer Middle { get; } = new();

    /// <summary>Gets the normalized middle, (positions, D).</summary>
    public AlignedBuffer MiddleNormed { get; } = new();

    /// <summary>Gets mean and deviation of each position of the middle.</summary>
    public AlignedBuffer MiddleMoments { get; } = new();

    /// <summary>Gets the feed-forward part's inner values after GELU and dropout, (positions, inner).</summary>
    public AlignedBuffer Inner { get; } = new();

    /// <summary>Gets the derivatives of the inner values with respect to those before GELU, (positions, inner).</summary>
    public AlignedBuffer InnerDerivative { get; } = new();

    /// <summary>Makes room.</summary>
    /// <param name="rows">The number of positions, and a tile more.</param>
    /// <param name="stride">The distance from one position of width D to the next.</param>
    /// <param name="projectedStride">The distance from one position's queries, keys and values to the next's.</param>
    /// <param name="innerStride">The distance from one position of the inner width to the next.</param>
    /// <param name="heads">The number of heads.</param>
    public void Reserve(long rows, long stride, long projectedStride, long innerStride, int heads)
    {
        Input.Reserve(rows * stride);
        Normed.Reserve(rows * stride);
        Moments.Reserve(rows * 2);
        Projected.Reserve(rows * projectedStride);
        Attended.Reserve(rows * stride);
        Statistics.Reserve(rows * 2 * heads);
        Middle.Reserve(rows * stride);
        MiddleNormed.Reserve(rows * stride);
        MiddleMoments.Reserve(rows * 2);
        Inner.Reserve(rows * innerStride);
        InnerDerivative.Reserve(rows * innerStride);
    }
}
