using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tests;

/// <summary>Unset options have defaults that work.</summary>
[TestClass]
public sealed class DefaultsTests
{
    [TestMethod]
    public void Both_overloads_have_the_same_defaults()
    {
        var context = new MLContext(seed: 1);
        var view = Views.Known(Sequences.Pairs(2, 3, 4), 3, 4);

        foreach (var transformer in new[]
        {
            context.Transforms.NextTokenDiscriminator().Fit(view),
            context.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options()).Fit(view),
            new NextTokenDiscriminatorEstimator(context, new NextTokenDiscriminatorEstimator.Options()).Fit(view),
        })
        {
            Assert.AreEqual("Combined", transformer.OutputColumnName);
            Assert.AreEqual("Mask", transformer.MaskColumnName);
            Assert.IsNull(transformer.TokenCountColumnName);
            Assert.AreEqual("PreviousEmbeddings", transformer.PreviousColumnName);
            Assert.AreEqual("CurrentEmbeddings", transformer.CurrentColumnName);
            Assert.AreEqual(4, transformer.EmbeddingDimension);
            Assert.AreEqual(3, transformer.MaxTokens);
            Assert.AreEqual(MaskKind.Blocked, transformer.MaskKind);
            Assert.IsFalse(transformer.PadToMaxTokens);
            Assert.AreEqual(EngineKind.Auto, transformer.Engine);
            Assert.IsNull(transformer.BatchSize);
            Expect.Same([0f, 0f, 0f, 0f], transformer.InitialEmbedding.AsSpan());
            Assert.IsTrue(transformer.IsRowToRowMapper);
        }
    }

    [TestMethod]
    public void Short_overload_passes_every_argument_on()
    {
        var rows = Sequences.Pairs(2, 3, 4);
        var view = new TestView(2)
            .Vector("True", new VectorDataViewType(NumberDataViewType.Single, 12), row => rows[row].Previous)
            .Vector("Predicted", new VectorDataViewType(NumberDataViewType.Single, 12), row => rows[row].Current);

        var transformer = new MLContext(seed: 1).Transforms
            .NextTokenDiscriminator("Both", "May", "True", "Predicted", embeddingDimension: 4, maxTokens: 9).Fit(view);

        Assert.AreEqual("Both", transformer.OutputColumnName);
        Assert.AreEqual("May", transformer.MaskColumnName);
        Assert.AreEqual("True", transformer.PreviousColumnName);
        Assert.AreEqual("Predicted", transformer.CurrentColumnName);
        Assert.AreEqual(4, transformer.EmbeddingDimension);
        Assert.AreEqual(9, transformer.MaxTokens);
    }

    [TestMethod]
    public void Long_overload_passes_every_option_on()
    {
        var transformer = Transformers.Fit(Views.Known(Sequences.Pairs(2, 3, 2), 3, 2), EveryOption);

        HasEveryOption(transformer);
    }

    [TestMethod]
    public void Null_is_refused_by_parameter_name()
    {
        var context = new MLContext(seed: 1);
        var estimator = context.Transforms.NextTokenDiscriminator();
        var options = new NextTokenDiscriminatorEstimator.Options();

        Assert.AreEqual("catalog", Assert.ThrowsExactly<ArgumentNullException>(() => NextTokenDiscriminatorCatalog.NextTokenDiscriminator(null!, options)).ParamName);
        Assert.AreEqual("catalog", Assert.ThrowsExactly<ArgumentNullException>(() => NextTokenDiscriminatorCatalog.NextTokenDiscriminator(null!)).ParamName);
        Assert.AreEqual("options", Assert.ThrowsExactly<ArgumentNullException>(() => context.Transforms.NextTokenDiscriminator(options: null!)).ParamName);
        Assert.AreEqual("env", Assert.ThrowsExactly<ArgumentNullException>(() => new NextTokenDiscriminatorEstimator((IHostEnvironment)null!, options)).ParamName);
        Assert.AreEqual("input", Assert.ThrowsExactly<ArgumentNullException>(() => estimator.Fit(null!)).ParamName);
        Assert.AreEqual("inputSchema", Assert.ThrowsExactly<ArgumentNullException>(() => estimator.GetOutputSchema(null!)).ParamName);
    }

    /// <summary>Options of which none has its default value.</summary>
    internal static void EveryOption(NextTokenDiscriminatorEstimator.Options options)
    {
        options.OutputColumnName = "Both";
        options.MaskColumnName = "May";
        options.TokenCountColumnName = "Count";
        options.EmbeddingDimension = 2;
        options.MaxTokens = 5;
        options.InitialEmbedding = [0.5f, -2];
        options.MaskKind = MaskKind.Additive;
        options.PadToMaxTokens = true;
        options.TruncateToMaxTokens = true;
        options.Engine = EngineKind.Managed;
        options.BatchSize = 7;
    }

    /// <summary>The transformer is made of <see cref="EveryOption"/>.</summary>
    internal static void HasEveryOption(NextTokenDiscriminatorTransformer transformer)
    {
        Assert.AreEqual("Both", transformer.OutputColumnName);
        Assert.AreEqual("May", transformer.MaskColumnName);
        Assert.AreEqual("Count", transformer.TokenCountColumnName);
        Assert.AreEqual(2, transformer.EmbeddingDimension);
        Assert.AreEqual(5, transformer.MaxTokens);
        Expect.Same([0.5f, -2], transformer.InitialEmbedding.AsSpan());
        Assert.AreEqual(MaskKind.Additive, transformer.MaskKind);
        Assert.IsTrue(transformer.PadToMaxTokens);
        Assert.IsTrue(transformer.TruncateToMaxTokens);
        Assert.AreEqual(EngineKind.Managed, transformer.Engine);
        Assert.AreEqual(7, transformer.BatchSize);
    }
}
