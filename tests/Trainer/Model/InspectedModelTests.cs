using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Models with a scorer pass the inspection of model zips.</summary>
[TestClass]
public sealed class InspectedModelTests
{
    [TestMethod]
    public void Model_of_transform_and_scorer_passes()
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
        Assert.AreEqual(("NTDSCORE", 0x00010003u), (found.Stages[2].ModelSignature, found.Stages[2].ModelVersion));
    }
}
