using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>What a linear layer does with its product.</summary>
internal enum LinearOutput
{
    /// <summary>Stores product + bias.</summary>
    Store,

    /// <summary>Stores GELU(product + bias).</summary>
    StoreGelu,

    /// <summary>Adds product + bias to the result, as a residual connection does.</summary>
    Add,
}

/// <summary>Computes linear layers: rows times a packed matrix.</summary>
internal static unsafe class LinearKernel<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    // Terms at a time: a panel's part, 16 columns of 256 terms, takes half of a first-level cache of 32 KB.
    private const int BlockTerms = 256;

    // Rows at a time: their part of the input, 192 rows of 256 terms, stays in a second-level cache.
    private const int BlockRows = 32 * TileRows;

    private const int TileRows = TileKernel<TOps, TVector>.Rows;

    /// <summary>Computes output = input weights, with the bias, in full tiles.</summary>
    /// <param name="input">The input, (rows, terms), with memory for full tiles of rows.</param>
    /// <param name="inputStride">The distance from one row of the input to the next.</param>
    /// <param name="rows">The number of rows. The result has memory for full tiles; rows beyond the last have no meaning.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="result">The result, (rows, padded columns).</param>
    /// <param name="resultStride">The distance from one row of the result to the next.</param>
    /// <param name="output">What is done with the product.</param>
    /// <param name="firstPanel">The first panel of the weights that is computed; the columns before it are left as they are.</param>
    /// <param name="skippedTerms">The number of terms that are left out at the beginning, as if the input were 0 there.</param>
    public static void Run(
        float* input, nint inputStride, int rows, PackedMatrix weights, float* result, nint resultStride, LinearOutput output, int firstPanel = 0,
        int skippedTerms = 0)
    {
        var columns = TileKernel<TOps, TVector>.Columns;
        for (var firstTerm = skippedTerms; firstTerm < weights.Terms; firstTerm += BlockTerms)
        {
            var terms = Math.Min(BlockTerms, weights.Terms - firstTerm);
            var last = firstTerm + terms == weights.Terms;
            var accumulate = output == LinearOutput.Add || firstTerm > skippedTerms;
            for (var firstRow = 0; firstRow < rows; firstRow += BlockRows)
            {
                var end = Math.Min(firstRow + BlockRows, rows);
                for (var panel = firstPanel; panel < weights.Panels; panel++)
                {
                    var b = weights.Panel(panel) + (nint)firstTerm * columns;
                    for (var row = firstRow; row < end; row += TileRows)
                    {
                        var c = result + row * resultStride + (nint)panel * columns;
                        TileKernel<TOps, TVector>.Multiply(input + row * inputStride + firstTerm, inputStride, 1, b, columns, terms, c, resultStride, accumulate);
                        if (last)
                            Finish(c, resultStride, weights.Bias + (nint)panel * columns, output == LinearOutput.StoreGelu);
                    }
                }
            }
        }
    }

    // The tile is still in the first-level cache.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(float* c, nint stride, float* bias, bool gelu)
    {
        var (bias0, bias1) = (TOps.Load(bias), TOps.Load(bias + TOps.Count));
        for (var row = 0; row < TileRows; row++)
        {
            var first = TOps.Add(TOps.Load(c), bias0);
            var second = TOps.Add(TOps.Load(c + TOps.Count), bias1);
            if (gelu)
            {
                first = Elementary<TOps, TVector>.Gelu(first);
                second = Elementary<TOps, TVector>.Gelu(second);
            }

            TOps.Store(c, first);
            TOps.Store(c + TOps.Count, second);
            c += stride;
        }
    }
}
