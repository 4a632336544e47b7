namespace MlNetNtd.Tests;

/// <summary>The distribution and number of the initial weights.</summary>
[TestClass]
public sealed class InitialWeightsTests
{
    private const double Deviation = 0.1;

    private static DiscriminatorConfig Shape => new DiscriminatorConfig
    {
        EmbeddingDimension = 5,
        ModelDimension = 40,
        MaxTokens = 500,
        Layers = 1,
        LearnInitialEmbedding = true,
    }.Resolve();

    /// <summary>A sine and a cosine in turn; the waves grow from 2π to 2π * MaxTokens positions.</summary>
    [TestMethod]
    public void Position_embeddings_are_sinusoids_where_inputs_are_standardized()
    {
        var values = StateDictionary.Initialize(Shape, seed: 1, inputsAreStandardized: true)["position_embedding"].Chunk(40).ToArray();

        for (var position = 0; position < 500; position++)
        {
            Assert.AreEqual(Math.Sin(position), values[position][0], 1e-6);
            Assert.AreEqual(Math.Cos(position), values[position][1], 1e-6);
            Assert.AreEqual(Math.Sin(position / Math.Pow(500, 0.5)), values[position][20], 1e-6);
            Assert.AreEqual(Math.Cos(position / Math.Pow(500, 0.95)), values[position][39], 1e-6);
        }
    }

    /// <summary>The product of two positions' embeddings depends on nothing but their distance, which is what attention can use.</summary>
    [TestMethod]
    public void Sinusoids_know_distances()
    {
        var values = StateDictionary.Initialize(Shape, seed: 1, inputsAreStandardized: true)["position_embedding"].Chunk(40).ToArray();
        double Product(int one, int other) => values[one].Zip(values[other], (a, b) => (double)a * b).Sum();

        foreach (var distance in new[] { 0, 1, 2, 7, 100 })
        {
            for (var position = 0; position + distance < 500; position++)
                Assert.AreEqual(Product(0, distance), Product(position, position + distance), 1e-4, $"{position}, {position + distance}");
        }

        Assert.IsGreaterThan(Product(0, 1), Product(0, 0));
    }

    /// <summary>Within five standard errors, of 20,000 values.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Position_embeddings_are_normal_around_0_with_a_deviation_of_a_tenth(int seed)
    {
        var values = StateDictionary.Initialize(Shape, seed)["position_embedding"];
        var count = values.Length;

        Assert.AreEqual(20_000, count);
        Assert.AreEqual(0, values.Average(value => (double)value), 5 * Deviation / Math.Sqrt(count));
        Assert.AreEqual(Deviation, Math.Sqrt(values.Average(value => (double)value * value)), 5 * Deviation / Math.Sqrt(2.0 * count));
        foreach (var (sigmas, share) in new[] { (0.5, 0.38292), (1, 0.68269), (2, 0.95450), (3, 0.99730) })
        {
            var within = values.Count(value => Math.Abs(value) < sigmas * Deviation);
            Assert.AreEqual(share * count, within, 5 * Math.Sqrt(count * share * (1 - share)), $"Within {sigmas} deviations");
        }

        Assert.AreEqual(count / 2, values.Count(value => value > 0), 5 * Math.Sqrt(count) / 2);
    }

    /// <summary>1 / sqrt(of how many), but of the projections of attention sqrt(6 / (rows + columns)): flat up to there.</summary>
    [TestMethod]
    public void Matrices_are_uniform_within_their_bounds_and_the_rest_begins_at_0_or_1()
    {
        var weights = StateDictionary.Initialize(Shape, seed: 1);
        foreach (var parameter in Shape.Parameters().Where(parameter => parameter.Name is not ("position_embedding" or "segment_embedding")))
        {
            var values = weights[parameter.Name];
            if (parameter.Sizes.Length == 2)
            {
                var bound = parameter.Name.EndsWith("in_proj_weight", StringComparison.Ordinal)
                    ? Math.Sqrt(6.0 / (parameter.Sizes[0] + parameter.Sizes[1]))
                    : 1 / Math.Sqrt(parameter.Sizes[1]);
                Assert.IsLessThanOrEqualTo(bound * 1.000001, values.Max(value => (double)Math.Abs(value)), parameter.Name);
                // The mean square of an even distribution is a third of its bound's; of its squares' deviation, five standard errors.
                Assert.AreEqual(bound * bound / 3, values.Average(value => (double)value * value), 5 * bound * bound * Math.Sqrt(4.0 / 45 / values.Length), parameter.Name);
            }
            else
            {
                var expected = parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1f : 0f;
                Assert.IsTrue(values.All(value => value == expected), parameter.Name);
            }
        }
    }

    [TestMethod]
    public void Weight_count_is_the_sum_of_all_parameters() =>
        Assert.AreEqual(Shape.Parameters().Sum(parameter => parameter.Count), StateDictionary.Initialize(Shape, seed: 1).Count);

    [TestMethod]
    public void Weights_of_another_shape_are_refused_with_both_shapes()
    {
        var values = new Dictionary<string, float[]>(StateDictionary.Initialize(Shape, seed: 1).Values);
        Assert.IsNull(new StateDictionary(Shape, values).FindMismatch());

        values["segment_embedding"] = new float[79];
        Assert.AreEqual("expected 80 values of 'segment_embedding', (2, 40), found 79", new StateDictionary(Shape, values).FindMismatch());

        values.Remove("segment_embedding");
        Assert.AreEqual("expected 80 values of 'segment_embedding', (2, 40), found none", new StateDictionary(Shape, values).FindMismatch());
    }

    [TestMethod]
    public void File_of_another_type_is_refused() => TemporaryFile.Use(path =>
    {
        var weights = StateDictionary.Initialize(Shape, seed: 1);
        Safetensors.Write(path, Shape.Parameters().Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Name == "head.bias"
            ? new TensorData("F64", parameter.Sizes, new byte[sizeof(double)])
            : TensorData.FromSingles(parameter.Sizes.AsSpan(), weights[parameter.Name]))));

        Expect.Error<FormatException>(() => StateDictionary.Load(path, Shape), path, "expected 'head.bias' of type F32, found F64");
    });
}
