using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Computes the gradients of a layer norm.</summary>
/// <remarks>
/// With n = (x - mean) / deviation and y = scale n + shift: dscale = sum(dy n), dshift = sum(dy), dn = dy scale and
/// dx = (dn - mean(dn) - n mean(dn n)) / deviation.
/// </remarks>
internal static unsafe class LayerNormGradientKernel<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    /// <summary>Computes the gradient of one row, and adds the row's share to the gradients of scale and shift.</summary>
    /// <param name="outputGradient">The gradient of the normalized row.</param>
    /// <param name="input">The row.</param>
    /// <param name="mean">The mean of the row.</param>
    /// <param name="deviation">The deviation of the row.</param>
    /// <param name="width">The number of values.</param>
    /// <param name="scale">The scale of each value.</param>
    /// <param name="scaleGradient">The gradient of the scale.</param>
    /// <param name="shiftGradient">The gradient of the shift.</param>
    /// <param name="inputGradient">Receives the gradient of the row.</param>
    /// <param name="accumulate">Whether the gradient is added to <paramref name="inputGradient"/>, as a residual connection does.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* outputGradient, float* input, float mean, float deviation, int width, float* scale, float* scaleGradient, float* shiftGradient,
        float* inputGradient, bool accumulate)
    {
        var factor = 1 / deviation;
        var (means, factors) = (TOps.Broadcast(mean), TOps.Broadcast(factor));
        var (sums, products) = (TOps.Broadcast(0), TOps.Broadcast(0));
        var i = 0;
        for (; i <= width - TOps.Count; i += TOps.Count)
        {
            var dy = TOps.Load(outputGradient + i);
            var normalized = TOps.Multiply(TOps.Subtract(TOps.Load(input + i), means), factors);
            TOps.Store(scaleGradient + i, TOps.MultiplyAdd(dy, normalized, TOps.Load(scaleGradient + i)));
            TOps.Store(shiftGradient + i, TOps.Add(dy, TOps.Load(shiftGradient + i)));
            var scaled = TOps.Multiply(dy, TOps.Load(scale + i));
            sums = TOps.Add(sums, scaled);
            products = TOps.MultiplyAdd(scaled, normalized, products);
        }

        var (sum, product) = (TOps.Sum(sums), TOps.Sum(products));
        for (; i < width; i++)
        {
            var normalized = (input[i] - mean) * factor;
            scaleGradient[i] += outputGradient[i] * normalized;
            shiftGradient[i] += outputGradient[i];
            sum += outputGradient[i] * scale[i];
            product += outputGradient[i] * scale[i] * normalized;
        }

        var (meanOfSum, meanOfProduct) = (sum / width, product / width);
        var (meansOfSum, meansOfProduct) = (TOps.Broadcast(meanOfSum), TOps.Broadcast(-meanOfProduct));
        for (i = 0; i <= width - TOps.Count; i += TOps.Count)
        {
            var normalized = TOps.Multiply(TOps.Subtract(TOps.Load(input + i), means), factors);
            var centered = TOps.Subtract(TOps.Multiply(TOps.Load(outputGradient + i), TOps.Load(scale + i)), meansOfSum);
            var gradient = TOps.Multiply(TOps.MultiplyAdd(normalized, meansOfProduct, centered), factors);
            TOps.Store(inputGradient + i, accumulate ? TOps.Add(TOps.Load(inputGradient + i), gradient) : gradient);
        }

        for (; i < width; i++)
        {
            var normalized = (input[i] - mean) * factor;
            var gradient = (outputGradient[i] * scale[i] - meanOfSum - normalized * meanOfProduct) * factor;
            inputGradient[i] = accumulate ? inputGradient[i] + gradient : gradient;
        }
    }
}
