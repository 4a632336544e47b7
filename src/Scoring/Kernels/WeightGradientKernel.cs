using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Computes the gradients of a linear layer's weight and bias, and adds them to those of other rows.</summary>
internal static unsafe class WeightGradientKernel<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    // Rows at a time: a tile's columns of 256 rows, 128 bytes each, stay in a first-level cache of 32 KB.
    private const int BlockRows = 256;

    private const int TileRows = TileKernel<TOps, TVector>.Rows;

    /// <summary>Adds outputGradient^T input to the gradient of the weight.</summary>
    /// <param name="outputGradient">The gradient of the layer's output, (rows, outputs), with memory for a full tile behind it.</param>
    /// <param name="outputStride">The distance from one row of the output's gradient to the next.</param>
    /// <param name="input">The layer's input, (rows, inputs), with memory for full tiles of columns.</param>
    /// <param name="inputStride">The distance from one row of the input to the next.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="gradient">The gradient of the weight, (outputs, inputs), row-major.</param>
    public static void Add(
        float* outputGradient, nint outputStride, float* input, nint inputStride, int rows, int outputs, int inputs, float* gradient)
    {
        var width = TileKernel<TOps, TVector>.Columns;
        var partial = stackalloc float[TileRows * width];
        for (var firstRow = 0; firstRow < rows; firstRow += BlockRows)
        {
            var terms = Math.Min(BlockRows, rows - firstRow);
            for (var column = 0; column < inputs; column += width)
            {
                var b = input + firstRow * inputStride + column;
                var columns = Math.Min(width, inputs - column);
                for (var output = 0; output < outputs; output += TileRows)
                {
                    var a = outputGradient + firstRow * outputStride + output;
                    var c = gradient + (nint)output * inputs + column;
                    var tileOutputs = Math.Min(TileRows, outputs - output);
                    if (tileOutputs == TileRows && columns == width)
                    {
                        TileKernel<TOps, TVector>.Multiply(a, 1, outputStride, b, inputStride, terms, c, inputs, accumulate: true);
                        continue;
                    }

                    TileKernel<TOps, TVector>.Multiply(a, 1, outputStride, b, inputStride, terms, partial, width, accumulate: false);
                    for (var i = 0; i < tileOutputs; i++)
                    {
                        for (var j = 0; j < columns; j++)
                            c[(nint)i * inputs + j] += partial[i * width + j];
                    }
                }
            }
        }
    }

    /// <summary>Adds up the rows of a matrix, as the gradient of a bias does.</summary>
    /// <param name="values">The matrix, (rows, columns).</param>
    /// <param name="stride">The distance from one row to the next.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="sums">The sums, to which the rows are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(float* values, nint stride, int rows, int columns, float* sums)
    {
        var column = 0;
        for (; column <= columns - 4 * TOps.Count; column += 4 * TOps.Count)
        {
            var (s0, s1) = (TOps.Load(sums + column), TOps.Load(sums + column + TOps.Count));
            var (s2, s3) = (TOps.Load(sums + column + 2 * TOps.Count), TOps.Load(sums + column + 3 * TOps.Count));
            var row = values + column;
            for (var i = 0; i < rows; i++)
            {
                s0 = TOps.Add(s0, TOps.Load(row));
                s1 = TOps.Add(s1, TOps.Load(row + TOps.Count));
                s2 = TOps.Add(s2, TOps.Load(row + 2 * TOps.Count));
                s3 = TOps.Add(s3, TOps.Load(row + 3 * TOps.Count));
                row += stride;
            }

            TOps.Store(sums + column, s0);
            TOps.Store(sums + column + TOps.Count, s1);
            TOps.Store(sums + column + 2 * TOps.Count, s2);
            TOps.Store(sums + column + 3 * TOps.Count, s3);
        }

        for (; column < columns; column++)
        {
            var sum = sums[column];
            for (var i = 0; i < rows; i++)
                sum += values[i * stride + column];
            sums[column] = sum;
        }
    }
}
