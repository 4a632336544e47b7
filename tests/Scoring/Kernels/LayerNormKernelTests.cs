using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Layer normalization of one row on vectors of every width.</summary>
[TestClass]
public sealed class LayerNormKernelTests
{
    // PyTorch's default.
    private const double Epsilon = 1e-5;

    public static IEnumerable<string> Widths => VectorWidths.Names;

    [TestMethod]
    public void Row_has_mean_0_and_deviation_1_before_scale_and_shift() => Property.Check(
        from size in Gen.Choose(1, 70)
        from seed in Gen.Choose(0, 1000)
        select (size, seed),
        @case =>
        {
            var random = new Random(@case.seed);
            var (row, scale, shift) = (Sequences.Values(random, @case.size), Sequences.Values(random, @case.size), Sequences.Values(random, @case.size));
            var mean = row.Average(value => (double)value);
            var deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + Epsilon);

            foreach (var width in Widths)
            {
                var found = Normalize(width, row, scale, shift);
                for (var i = 0; i < row.Length; i++)
                    Assert.AreEqual((row[i] - mean) / deviation * scale[i] + shift[i], found[i], 1e-5, $"{width}, {@case}, value {i}");
            }
        });

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Row_of_equal_values_becomes_the_shift(string width)
    {
        var shift = Sequences.Values(new Random(1), 21);

        Expect.Close(shift, Normalize(width, [.. Enumerable.Repeat(3f, 21)], [.. Enumerable.Repeat(2f, 21)], shift), 1e-6);
    }

    /// <summary>Divided by an infinite deviation, every value would be 0, and nobody would notice.</summary>
    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Row_whose_squares_overflow_becomes_NaN(string width)
    {
        float[] ones = [.. Enumerable.Repeat(1f, 21)];
        var row = Sequences.Values(new Random(1), 21);
        row[20] = 1e30f;

        Assert.IsTrue(Normalize(width, row, ones, ones).All(float.IsNaN));
    }

    private static float[] Normalize(string width, float[] row, float[] scale, float[] shift)
    {
        var action = new Action([.. row], scale, shift);
        VectorWidths.Run(width, action);
        return action.Row;
    }

    // In place.
    private sealed unsafe class Action(float[] row, float[] scale, float[] shift) : IVectorAction
    {
        public float[] Row => row;

        public void Run<TOps, TVector>()
            where TOps : IVectorOps<TVector>
            where TVector : struct
        {
            fixed (float* values = row, factors = scale, terms = shift)
                LayerNormKernel<TOps, TVector>.Run(values, row.Length, factors, terms, values);
        }
    }
}
