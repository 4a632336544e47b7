using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Normalizes rows to mean 0 and deviation 1, then applies a learned scale and shift.</summary>
internal static unsafe class LayerNormKernel<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    // PyTorch's default.
    private const float Epsilon = 1e-5f;

    /// <summary>Normalizes one row.</summary>
    /// <param name="input">The row.</param>
    /// <param name="width">The number of values.</param>
    /// <param name="scale">The scale of each value.</param>
    /// <param name="shift">The shift of each value.</param>
    /// <param name="output">Receives the normalized row. May be the input.</param>
    public static void Run(float* input, int width, float* scale, float* shift, float* output) => Run(input, width, scale, shift, output, out _, out _);

    /// <summary>Normalizes one row and returns what its gradient needs.</summary>
    /// <param name="input">The row.</param>
    /// <param name="width">The number of values.</param>
    /// <param name="scale">The scale of each value.</param>
    /// <param name="shift">The shift of each value.</param>
    /// <param name="output">Receives the normalized row. May be the input.</param>
    /// <param name="mean">Receives the mean of the row.</param>
    /// <param name="deviation">Receives the deviation of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* input, int width, float* scale, float* shift, float* output, out float mean, out float deviation)
    {
        (mean, deviation) = Moments(input, width);
        // Squares that overflow would make every value 0, and the score of a row would be wrong without a sign of it.
        var factor = float.IsFinite(deviation) ? 1 / deviation : float.NaN;
        var (means, factors) = (TOps.Broadcast(mean), TOps.Broadcast(factor));
        var i = 0;
        for (; i <= width - TOps.Count; i += TOps.Count)
        {
            var normalized = TOps.Multiply(TOps.Subtract(TOps.Load(input + i), means), factors);
            TOps.Store(output + i, TOps.MultiplyAdd(normalized, TOps.Load(scale + i), TOps.Load(shift + i)));
        }

        for (; i < width; i++)
            output[i] = (input[i] - mean) * factor * scale[i] + shift[i];
    }

    /// <summary>Computes the mean and the deviation of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Mean, float Deviation) Moments(float* input, int width)
    {
        var sums = TOps.Broadcast(0);
        var i = 0;
        for (; i <= width - TOps.Count; i += TOps.Count)
            sums = TOps.Add(sums, TOps.Load(input + i));
        var sum = TOps.Sum(sums);
        for (; i < width; i++)
            sum += input[i];
        var mean = sum / width;

        var means = TOps.Broadcast(mean);
        var squares = TOps.Broadcast(0);
        for (i = 0; i <= width - TOps.Count; i += TOps.Count)
        {
            var centered = TOps.Subtract(TOps.Load(input + i), means);
            squares = TOps.MultiplyAdd(centered, centered, squares);
        }

        var square = TOps.Sum(squares);
        for (; i < width; i++)
            square += (input[i] - mean) * (input[i] - mean);
        return (mean, MathF.Sqrt(square / width + Epsilon));
    }
}
