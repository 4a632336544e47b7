using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>ML.NET's own conversion to ONNX omits what it cannot convert; the scorer refuses it with an error.</summary>
[TestClass]
public sealed class OnnxExportTests
{
    [TestMethod]
    public void Scorer_is_refused_with_a_clear_error_alone_and_after_the_transform()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Untrained(context);
        var view = Trainers.Transformed(context, Samples.View(context, 4));
        using var stream = new MemoryStream();

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => context.Model.ConvertToOnnx(scorer, view, stream));

        StringAssert.StartsWith(error.Message, "ConvertToOnnx, column '");
        StringAssert.EndsWith(
            error.Message,
            "expected a transform with an ONNX form, found the scorer of BinaryClassification.Trainers.NextTokenDiscriminator, which has none yet. "
            + "Save the model with mlContext.Model.Save.");
        Assert.AreEqual(0, stream.Length);
    }
}
