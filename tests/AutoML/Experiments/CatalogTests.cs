using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;

namespace MlNetNtd.AutoML.Tests;

/// <summary><c>mlContext.Auto()</c> makes the requested trainer.</summary>
[TestClass]
public sealed class CatalogTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    [DataRow("IsTrue", "Combined", "Mask", "label column 'IsTrue'")]
    [DataRow("Label", "Sequences", "Mask", "feature column 'Sequences'")]
    [DataRow("Label", "Combined", "Masks", "mask column 'Masks'")]
    public void Column_names_are_taken_from_the_arguments(string label, string feature, string mask, string expected)
    {
        var data = SymbolRow.View(Ml, 10, 1);
        var staged = Ml.Transforms.NextTokenDiscriminator().Fit(data).Transform(data);
        var trainer = Build(Ml.Auto().NextTokenDiscriminator(label, feature, mask));

        var error = Assert.Throws<ArgumentException>(() => trainer.Fit(staged));

        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void Search_space_decides_what_is_searched_and_default_searches_everything()
    {
        var layers = new SearchSpace<NextTokenDiscriminatorParameters> { [nameof(NextTokenDiscriminatorParameters.Layers)] = new ChoiceOption([3], 3) };

        Assert.AreSame(layers, Ml.Auto().NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options(), layers).SearchSpace);
        Assert.AreSame(layers, Ml.Auto().NextTokenDiscriminator(searchSpace: layers).SearchSpace);
        CollectionAssert.AreEquivalent(
            new SearchSpace<NextTokenDiscriminatorParameters>().Keys.ToArray(),
            Ml.Auto().NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options()).SearchSpace.Keys.ToArray());
    }

    [TestMethod]
    public void Null_argument_is_refused_by_parameter_name()
    {
        Is("catalog", () => default(AutoCatalog)!.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options()));
        Is("options", () => Ml.Auto().NextTokenDiscriminator(options: null!));
        Is("options", () => new NextTokenDiscriminatorParameters().ApplyTo(null!));

        static void Is(string name, Func<object> act) => Assert.AreEqual(name, Assert.ThrowsExactly<ArgumentNullException>(act).ParamName);
    }

    private static IEstimator<ITransformer> Build(SweepableEstimator swept) =>
        swept.BuildFromOption(Ml, swept.SearchSpace.SampleFromFeatureSpace(swept.SearchSpace.Default));
}
