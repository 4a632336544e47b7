using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Products with packed weights on vectors of every width, compared with sums in double precision.</summary>
[TestClass]
public sealed class LinearKernelTests
{
    private static Gen<(int Rows, int Terms, int Columns, int Seed)> Cases =>
        from rows in Gen.Choose(1, 250)
        from terms in Gen.OneOf(Gen.Choose(1, 30), Gen.Choose(200, 700))
        from columns in Gen.Choose(1, 50)
        from seed in Gen.Choose(0, 1000)
        select (rows, terms, columns, seed);

    [TestMethod]
    public void Product_and_bias_are_stored_at_any_size() => Property.Check(Cases, @case => Compare(@case, LinearOutput.Store, (_, sum) => sum), count: 40);

    [TestMethod]
    public void Product_and_bias_are_added_at_any_size() => Property.Check(Cases, @case => Compare(@case, LinearOutput.Add, (before, sum) => before + sum), count: 40);

    [TestMethod]
    public void Product_and_bias_go_through_GELU_at_any_size() => Property.Check(
        Cases, @case => Compare(@case, LinearOutput.StoreGelu, (_, sum) => sum * (1 + Erf(sum / Math.Sqrt(2))) / 2), count: 40);

    private static void Compare((int Rows, int Terms, int Columns, int Seed) size, LinearOutput output, Func<double, double, double> finish)
    {
        var random = new Random(size.Seed);
        var (input, before) = (Sequences.Values(random, size.Rows * size.Terms), Sequences.Values(random, size.Rows * size.Columns));
        var (weight, bias) = (Sequences.Values(random, size.Columns * size.Terms), Sequences.Values(random, size.Columns));

        foreach (var width in VectorWidths.Names)
        {
            var action = new Action(size.Rows, input, weight, bias, size.Terms, before, output);
            VectorWidths.Run(width, action);
            for (var row = 0; row < size.Rows; row++)
            {
                for (var column = 0; column < size.Columns; column++)
                {
                    double sum = bias[column];
                    for (var term = 0; term < size.Terms; term++)
                        sum += (double)input[row * size.Terms + term] * weight[column * size.Terms + term];
                    var at = row * size.Columns + column;
                    var expected = finish(before[at], sum);
                    Assert.AreEqual(expected, action.Results[at], 2e-5 * Math.Max(1, Math.Abs(expected)), $"{width}, {size}, row {row}, column {column}");
                }
            }
        }
    }

    // The series whose terms have one sign.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private sealed unsafe class Action(int rows, float[] input, float[] weight, float[] bias, int terms, float[] before, LinearOutput output) : IVectorAction
    {
        public float[] Results { get; } = new float[rows * bias.Length];

        public void Run<TOps, TVector>()
            where TOps : IVectorOps<TVector>
            where TVector : struct
        {
            var tile = TileKernel<TOps, TVector>.Rows;
            var matrix = new PackedMatrix(weight, bias, terms, TileKernel<TOps, TVector>.Columns);
            // Both have memory for full tiles.
            var (padded, stride) = (PackedMatrix.RoundUp(rows, tile), matrix.PaddedColumns);
            var (source, target) = (new AlignedBuffer(padded * terms), new AlignedBuffer(padded * stride));
            input.CopyTo(source.Span(input.Length));
            for (var row = 0; row < rows; row++)
                before.AsSpan(row * bias.Length, bias.Length).CopyTo(new Span<float>(target.Pointer + row * stride, bias.Length));

            LinearKernel<TOps, TVector>.Run(source.Pointer, terms, rows, matrix, target.Pointer, stride, output);

            for (var row = 0; row < rows; row++)
                new Span<float>(target.Pointer + row * stride, bias.Length).CopyTo(Results.AsSpan(row * bias.Length));
            GC.KeepAlive(source);
            GC.KeepAlive(target);
        }
    }
}
