using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Models with a scorer pass what looks into a zip before it is trusted.</summary>
[TestClass]
public sealed class InspectedModelTests
{
    [TestMethod]
    [DataRow("plain")]
    [DataRow("projected")]
    public void A_model_of_the_first_version_passes(string name)
    {
        using var model = EarlierModel.Open(name);
        var found = ModelFileInspector.Inspect(model);

        Assert.AreEqual(1, found.Stages.Count(stage => stage is { LoaderSignature: "NextTokenScorer", ModelVersion: 0x00010001 }));
    }

    [TestMethod]
    public void A_model_of_stage_and_scorer_passes()
    {
        var context = new MLContext(seed: 1);
        var input = Samples.View(context, 30);
        var model = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context)).Fit(input);
        using var stream = new MemoryStream();
        context.Model.Save(model, input.Schema, stream);

        var found = ModelFileInspector.Inspect(stream);

        CollectionAssert.AreEqual(
            new[] { "TransformerChain", "NextTokenDiscriminator", "NextTokenScorer" }, found.Stages.Select(stage => stage.LoaderSignature).ToArray());
        CollectionAssert.AreEqual(input.Schema.Select(column => column.Name).ToArray(), found.Schema.Select(column => column.Name).ToArray());
        Assert.AreEqual(typeof(NextTokenDiscriminatorScorer).Assembly.FullName, found.Stages[2].AssemblyName);
    }
}
