using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>A learned initial embedding is given to a transformer by value or by module.</summary>
[TestClass]
public sealed class LearnedEmbeddingTests
{
    private static readonly float[] Learned = [0.25f, -1.5f, 3e-8f, 1e30f];

    [TestMethod]
    public void Embedding_by_value_makes_a_new_transformer_and_leaves_the_old_one()
    {
        var data = Data();
        using var zeros = Transformers.Fit(data);
        using var learned = zeros.WithInitialEmbedding(Learned);

        Expect.SameBits(new float[4], First(zeros, data));
        Expect.SameBits(Learned, First(learned, data));
        Expect.SameBits(Learned, learned.InitialEmbedding.AsSpan());
        Assert.AreEqual(zeros.MaxTokens, learned.MaxTokens);
    }

    [TestMethod]
    [DataRow(new float[] { 1, 2, 3 }, "InitialEmbedding: expected 4 values (EmbeddingDimension), found 3.")]
    [DataRow(new float[] { 1, 2, float.NaN, 4 }, "InitialEmbedding: every value must be finite, found NaN at position 2.")]
    [DataRow(new float[] { float.PositiveInfinity, 2, 3, 4 }, "InitialEmbedding: every value must be finite, found Infinity at position 0.")]
    public void Invalid_embedding_is_refused(float[] values, string message)
    {
        using var transformer = Transformers.Fit(Data());

        Expect.Error<ArgumentException>(message, () => transformer.WithInitialEmbedding(values));
    }

    [TestMethod]
    public void Embedding_of_a_trained_module_is_copied()
    {
        var data = Data();
        using var transformer = Transformers.Fit(data);
        using var module = transformer.CreateModule();

        module.SetInitialEmbedding(Learned);
        using var learned = transformer.WithInitialEmbedding(module);

        Expect.SameBits(Learned, First(learned, data));
        Expect.SameBits(Learned, module.GetInitialEmbedding());
    }

    [TestMethod]
    public void Module_of_another_dimension_is_refused()
    {
        using var transformer = Transformers.Fit(Data());
        using var module = new NextTokenDiscriminator(5, 2);

        Expect.Error<ArgumentException>(
            "InitialEmbedding: expected 4 values (EmbeddingDimension), found 5.", () => transformer.WithInitialEmbedding(module));
        Expect.Error<ArgumentException>("Expected C = 5 values, found 4.", () => module.SetInitialEmbedding(Learned));
    }

    private static IDataView Data() => new MLContext(seed: 1).Data.LoadFromEnumerable(TestRows.Shaped(2));

    // The first embedding of the first combined sequence.
    private static float[] First(NextTokenDiscriminatorTransformer transformer, IDataView data) =>
        ViewReader.Vectors<float>(transformer.Transform(data), Views.Combined)[0][..TestRows.Dimension];
}
