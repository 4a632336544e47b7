using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>ML.NET's own conversion to ONNX silently omits what it cannot convert; the transform refuses it with an error.</summary>
[TestClass]
public sealed class OnnxExportTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Chain_with_the_transform_is_refused_and_nothing_is_written()
    {
        var view = Ml.Data.LoadFromEnumerable(TestRows.Shaped(3));
        var alone = Ml.Transforms.NextTokenDiscriminator().Fit(view);
        var chain = Ml.Transforms.CopyColumns("Copy", "PreviousEmbeddings").Append(Ml.Transforms.NextTokenDiscriminator())
            .Append(Ml.Transforms.CopyColumns("Again", "Combined")).Fit(view);

        foreach (var model in new ITransformer[] { alone, chain })
        {
            using var stream = new MemoryStream();
            var error = Assert.ThrowsExactly<InvalidOperationException>(() => Ml.Model.ConvertToOnnx(model, view, stream));
            Assert.AreEqual(
                "ConvertToOnnx, column 'Mask': expected a transform with an ONNX form, found Transforms.NextTokenDiscriminator, which has none yet. "
                + "Save the model with mlContext.Model.Save.", error.Message);
            Assert.AreEqual(0, stream.Length);
        }
    }

    [TestMethod]
    public void Chain_without_the_transform_is_converted()
    {
        var view = Ml.Data.LoadFromEnumerable(TestRows.Shaped(3));
        using var stream = new MemoryStream();

        Ml.Model.ConvertToOnnx(Ml.Transforms.CopyColumns("Copy", "PreviousEmbeddings").Fit(view), view, stream);

        Assert.IsGreaterThan(0, stream.Length);
    }
}
