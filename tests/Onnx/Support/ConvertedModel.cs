using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>A chain that ML.NET's <c>ConvertToOnnx</c> has converted, read back by its <c>ApplyOnnxModel</c>.</summary>
internal static class ConvertedModel
{
    /// <summary>Asserts that the converted model's columns are those of the transformer.</summary>
    /// <param name="context">The context.</param>
    /// <param name="transformer">The transformer.</param>
    /// <param name="view">Its input, whose columns are all read.</param>
    /// <param name="opset">The operator set.</param>
    /// <param name="columns">The names of the columns.</param>
    public static void AssertEqual(MLContext context, ITransformer transformer, IDataView view, int opset, params string[] columns)
    {
        var own = transformer.Transform(view);
        TemporaryFile.Use(path =>
        {
            using (var stream = File.Create(path))
                context.Model.ConvertToOnnx(transformer, view, opset, stream);
            var inputs = view.Schema.Select(column => column.Name).ToArray();
            // ML.NET calls the outputs so, and the columns that they become again by their own names.
            var outputs = Array.ConvertAll(columns, column => $"{column}.output");
            using var onnx = context.Transforms.ApplyOnnxModel(outputs, inputs, path).Fit(view);
            var expected = ViewReader.Rows(own, columns);
            var found = ViewReader.Rows(onnx.Transform(view), columns);
            Assert.HasCount(expected.Count, found);
            foreach (var (row, other) in expected.Zip(found))
            {
                foreach (var column in columns)
                    AssertEqual(row[column], other[column], $"{column}, row {row.Position}");
            }
        });
    }

    private static void AssertEqual(object expected, object found, string about)
    {
        // A scalar column comes back as a vector of one value.
        var (values, others) = (ToNumbers(expected), ToNumbers(found));
        Assert.HasCount(values.Length, others, about);
        for (var i = 0; i < values.Length; i++)
            Assert.IsTrue(Agree(values[i], others[i]), $"{about}, value {i}: expected {values[i]}, found {others[i]}");
    }

    // Also true of infinities.
    private static bool Agree(double expected, double found) =>
        expected.Equals(found) || Math.Abs(expected - found) <= 1e-5 * Math.Max(1, Math.Abs(expected));

    private static double[] ToNumbers(object value) => value switch
    {
        float[] values => Array.ConvertAll(values, item => (double)item),
        bool[] values => Array.ConvertAll(values, item => item ? 1.0 : 0),
        int[] values => Array.ConvertAll(values, item => (double)item),
        Array other => throw new AssertFailedException($"Expected numbers, found {other}."),
        bool flag => [flag ? 1 : 0],
        _ => [Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)],
    };
}
