using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Fit takes C and the longest sequence from the options and the column types, never from rows.</summary>
[TestClass]
public sealed class FitTests
{
    private static readonly VectorDataViewType Shaped = new(NumberDataViewType.Single, 3, 4);
    private static readonly VectorDataViewType Flat = new(NumberDataViewType.Single, 12);
    private static readonly VectorDataViewType Free = new(NumberDataViewType.Single);

    // The number of tokens is not known, C is: ML.NET writes 0 for a dimension of unknown size.
    private static readonly VectorDataViewType FreeTokens = new(NumberDataViewType.Single, 0, 4);

    [TestMethod]
    public void Fitting_and_transforming_read_no_row()
    {
        var view = View(Shaped, Shaped);

        var transformed = Transformers.Fit(view).Transform(view);

        Assert.IsNotNull(transformed.Schema);
        Assert.AreEqual(0, view.Opened);
    }

    [TestMethod]
    public void Options_are_copied()
    {
        var options = new NextTokenDiscriminatorEstimator.Options();
        DefaultsTests.EveryOption(options);
        var estimator = new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options);

        options.OutputColumnName = options.PreviousColumnName = options.CurrentColumnName = "changed";
        options.MaskColumnName = options.TokenCountColumnName = null;
        options.EmbeddingDimension = options.MaxTokens = options.BatchSize = null;
        options.InitialEmbedding![0] = float.NaN;
        options.MaskKind = MaskKind.Allowed;
        options.PadToMaxTokens = false;
        options.Engine = EngineKind.Torch;

        var sequence = new VectorDataViewType(NumberDataViewType.Single, 3, 2);
        DefaultsTests.HasEveryOption(estimator.Fit(View(sequence, sequence)));
    }

    [TestMethod]
    public void Estimator_can_be_fitted_to_one_view_after_another()
    {
        var estimator = new MLContext(seed: 1).Transforms.NextTokenDiscriminator();
        var longer = new VectorDataViewType(NumberDataViewType.Single, 7, 2);

        var first = estimator.Fit(View(Shaped, Shaped));
        var second = estimator.Fit(View(longer, longer));

        Assert.AreEqual((3, 4), (first.MaxTokens, first.EmbeddingDimension));
        Assert.AreEqual((7, 2), (second.MaxTokens, second.EmbeddingDimension));
    }

    [TestMethod]
    public void EmbeddingDimension_sets_C()
    {
        Assert.AreEqual(6, Transformers.Fit(View(Flat, Flat), options => options.EmbeddingDimension = 6).EmbeddingDimension);
        Assert.AreEqual(6, Transformers.Fit(View(Free, Free), options => options.EmbeddingDimension = 6).EmbeddingDimension);
    }

    [TestMethod]
    public void Length_of_InitialEmbedding_sets_C()
    {
        var transformer = Transformers.Fit(View(Flat, Flat), options => options.InitialEmbedding = [1, 2, 3]);

        Assert.AreEqual(3, transformer.EmbeddingDimension);
        Assert.AreEqual(4, transformer.MaxTokens);
        Expect.Same([1f, 2, 3], transformer.InitialEmbedding.AsSpan());
    }

    [TestMethod]
    public void Type_of_either_column_sets_C()
    {
        Assert.AreEqual(4, Transformers.Fit(View(Shaped, Free)).EmbeddingDimension);
        Assert.AreEqual(4, Transformers.Fit(View(Free, Shaped)).EmbeddingDimension);
        Assert.AreEqual(4, Transformers.Fit(View(Flat, Shaped)).EmbeddingDimension);
        Assert.AreEqual(4, Transformers.Fit(View(FreeTokens, Free)).EmbeddingDimension);
    }

    [TestMethod]
    public void Unknown_C_error_names_both_columns()
    {
        var error = Expect.Error<ArgumentException>(
            "EmbeddingDimension: set it: the types of the columns 'PreviousEmbeddings' (Vector<Single, 12>) and "
            + "'CurrentEmbeddings' (Vector<Single>) do not say (T, C).",
            () => Transformers.Fit(View(Flat, Free)));

        Assert.AreEqual("EmbeddingDimension", error.IsMarked().ParamName);
    }

    [TestMethod]
    public void Type_of_three_dimensions_does_not_set_C()
    {
        var type = new VectorDataViewType(NumberDataViewType.Single, 3, 2, 2);

        Expect.Error<ArgumentException>(
            "EmbeddingDimension: set it: the types of the columns 'PreviousEmbeddings' (Vector<Single, 3, 2, 2>) and "
            + "'CurrentEmbeddings' (Vector<Single, 3, 2, 2>) do not say (T, C).",
            () => Transformers.Fit(View(type, type)));
        Assert.AreEqual(3, Transformers.Fit(View(type, type), options => options.EmbeddingDimension = 4).MaxTokens);
    }

    [TestMethod]
    public void MaxTokens_sets_the_longest_sequence()
    {
        Assert.AreEqual(100, Transformers.Fit(View(Shaped, Shaped), options => options.MaxTokens = 100).MaxTokens);
        Assert.AreEqual(100, Transformers.Fit(View(FreeTokens, Free), options => options.MaxTokens = 100).MaxTokens);
    }

    [TestMethod]
    public void Size_of_either_column_sets_the_longest_sequence()
    {
        Assert.AreEqual(3, Transformers.Fit(View(Shaped, Free)).MaxTokens);
        Assert.AreEqual(3, Transformers.Fit(View(Free, Shaped)).MaxTokens);
        Assert.AreEqual(6, Transformers.Fit(View(Flat, Free), options => options.EmbeddingDimension = 2).MaxTokens);
    }

    [TestMethod]
    public void Longest_sequence_is_512_by_default()
    {
        Assert.AreEqual(512, Transformers.Fit(View(Free, Free), options => options.EmbeddingDimension = 4).MaxTokens);
        Assert.AreEqual(512, Transformers.Fit(View(FreeTokens, FreeTokens)).MaxTokens);
        Assert.AreEqual(512, NextTokenDiscriminatorEstimator.Defaults.MaxTokens);
    }

    [TestMethod]
    public void Hidden_column_is_ignored()
    {
        var view = new TestView(1)
            .Scalar(Views.Previous, TextDataViewType.Instance, _ => "hidden".AsMemory())
            .Vector(Views.Previous, Shaped, _ => new float[12])
            .Vector(Views.Current, Shaped, _ => new float[12]);

        Assert.AreEqual(3, Transformers.Fit(view).MaxTokens);
    }

    private static TestView View(VectorDataViewType previous, VectorDataViewType current) => new TestView(1)
        .Vector(Views.Previous, previous, _ => new float[12])
        .Vector(Views.Current, current, _ => new float[12]);
}
