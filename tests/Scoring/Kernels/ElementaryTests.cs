using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Elementary functions on vectors of every width, compared with those in double precision.</summary>
[TestClass]
public sealed class ElementaryTests
{
    private const int Points = 20_000;

    public static IEnumerable<string> Widths => VectorWidths.Names;

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Exp_is_accurate_to_3e_minus_7_of_its_value(string width)
    {
        var arguments = Between(-87, 88);

        var found = Map<ExpFunction>(width, arguments);

        for (var i = 0; i < arguments.Length; i++)
        {
            var expected = Math.Exp(arguments[i]);
            Assert.AreEqual(1, found[i] / expected, 3e-7, $"exp({arguments[i]}): expected {expected}, found {found[i]}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Exp_of_less_than_minus_87_is_that_of_minus_87(string width)
    {
        var found = Map<ExpFunction>(width, [-87, -100, -1e30f, float.MinValue, float.NegativeInfinity]);

        Assert.AreEqual(Math.Exp(-87), found[0], 1e-44);
        Assert.AreEqual(1, found.Distinct().Count());
    }

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Error_function_is_accurate_to_3e_minus_7(string width)
    {
        var arguments = Between(-8, 8);

        var found = Map<NormalErfFunction>(width, arguments);

        var expected = Erf(arguments);
        for (var i = 0; i < arguments.Length; i++)
            Assert.AreEqual(expected[i], found[i], 3e-7, $"erf({arguments[i]} / sqrt(2))");
    }

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Error_function_of_large_values_is_1(string width)
    {
        var found = Map<NormalErfFunction>(width, [6, 1e10f, float.MaxValue, float.PositiveInfinity, -6, -1e10f, float.MinValue, float.NegativeInfinity]);

        foreach (var value in found[..4])
            Assert.AreEqual(1, value, 3e-7f);
        foreach (var value in found[4..])
            Assert.AreEqual(-1, value, 3e-7f);
    }

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Gelu_is_accurate_to_1e_minus_6(string width)
    {
        var arguments = Between(-10, 10);

        var found = Map<GeluFunction>(width, arguments);

        var erf = Erf(arguments);
        for (var i = 0; i < arguments.Length; i++)
            Assert.AreEqual(arguments[i] * (1 + erf[i]) / 2, found[i], 1e-6 * Math.Max(1, Math.Abs(arguments[i])), $"gelu({arguments[i]})");
    }

    [TestMethod]
    [DynamicData(nameof(Widths))]
    public void Functions_of_NaN_are_NaN(string width)
    {
        float[] values = [.. Enumerable.Repeat(float.NaN, 16)];

        foreach (var found in new[] { Map<ExpFunction>(width, values), Map<NormalErfFunction>(width, values), Map<GeluFunction>(width, values) })
            Assert.IsTrue(found.All(float.IsNaN));
    }

    private static float[] Between(float first, float last) => [.. Enumerable.Range(0, Points).Select(i => first + (last - first) * i / (Points - 1))];

    // In double precision.
    private static double[] Erf(float[] arguments)
    {
        using var scope = NewDisposeScope();
        return tensor(Array.ConvertAll(arguments, x => x / Math.Sqrt(2))).erf().data<double>().ToArray();
    }

    private static float[] Map<TFunction>(string width, float[] arguments)
        where TFunction : IFunction
    {
        var action = new MapAction<TFunction>(arguments);
        VectorWidths.Run(width, action);
        return action.Results;
    }

    private interface IFunction
    {
        static abstract TVector Compute<TOps, TVector>(TVector x)
            where TOps : IVectorOps<TVector>
            where TVector : struct;
    }

    private readonly struct ExpFunction : IFunction
    {
        public static TVector Compute<TOps, TVector>(TVector x)
            where TOps : IVectorOps<TVector>
            where TVector : struct => Elementary<TOps, TVector>.Exp(x);
    }

    private readonly struct NormalErfFunction : IFunction
    {
        public static TVector Compute<TOps, TVector>(TVector x)
            where TOps : IVectorOps<TVector>
            where TVector : struct => Elementary<TOps, TVector>.NormalErf(x);
    }

    private readonly struct GeluFunction : IFunction
    {
        public static TVector Compute<TOps, TVector>(TVector x)
            where TOps : IVectorOps<TVector>
            where TVector : struct => Elementary<TOps, TVector>.Gelu(x);
    }

    // The last vector is filled up with zeros.
    private sealed unsafe class MapAction<TFunction>(float[] arguments) : IVectorAction
        where TFunction : IFunction
    {
        public float[] Results { get; private set; } = [];

        public void Run<TOps, TVector>()
            where TOps : IVectorOps<TVector>
            where TVector : struct
        {
            var values = new float[(arguments.Length + TOps.Count - 1) / TOps.Count * TOps.Count];
            arguments.CopyTo(values, 0);
            fixed (float* first = values)
            {
                for (var i = 0; i < values.Length; i += TOps.Count)
                    TOps.Store(first + i, TFunction.Compute<TOps, TVector>(TOps.Load(first + i)));
            }

            Results = values[..arguments.Length];
        }
    }
}
