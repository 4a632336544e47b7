using FsCheck.Fluent;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>ML.NET's <c>ConvertToOnnx</c> of the transform alone.</summary>
[TestClass]
public sealed class TransformConversionTests
{
    private const int Dimension = 3;

    [TestMethod]
    public void Converted_transform_writes_the_same_columns_for_every_mask_kind_padding_and_truncation() => Property.Check(
        from maskKind in Gen.Elements(Enum.GetValues<MaskKind>())
        from tokens in Gen.Choose(1, 6)
        from maxTokens in Gen.Choose(1, 6)
        from pads in Gen.Elements(false, true)
        from sameLength in Gen.Elements(false, true)
        from opset in Gen.Choose(9, 12)
        from seed in Gen.Choose(0, 1000)
        select (maskKind, tokens, maxTokens, pads, sameLength, opset, seed),
        given =>
        {
            var context = new MLContext(seed: 1);
            var view = given.sameLength
                ? PairView.OfKnownSize(Sequences.Pairs(3, given.tokens, Dimension, given.seed), Dimension)
                : PairView.OfUnknownSize(Sequences.Mixed(3, given.tokens, Dimension, given.seed));
            using var transformer = context.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                EmbeddingDimension = Dimension,
                MaxTokens = given.maxTokens,
                TruncateToMaxTokens = given.tokens > given.maxTokens,
                PadToMaxTokens = given.pads,
                MaskKind = given.maskKind,
                TokenCountColumnName = "Count",
                InitialEmbedding = [0.5f, -1, 2],
            }).Fit(view);

            ConvertedModel.AssertEqual(context, transformer, view, given.opset, "Combined", "Mask", "Count");
        },
        count: 80);

    [TestMethod]
    public void Converted_transform_writes_the_same_columns_for_several_candidates() => Property.Check(
        from maskKind in Gen.Elements(Enum.GetValues<MaskKind>())
        from tokens in Gen.Choose(1, 5)
        from candidates in Gen.Choose(2, 4)
        from pads in Gen.Elements(false, true)
        from truncates in Gen.Elements(false, true)
        from opset in Gen.Choose(9, 12)
        from seed in Gen.Choose(0, 1000)
        select (maskKind, tokens, candidates, pads, truncates, opset, seed),
        given =>
        {
            var context = new MLContext(seed: 1);
            var random = new Random(given.seed);
            var view = PairView.OfUnknownSize([.. Enumerable.Range(0, 3).Select(_ =>
            {
                var length = random.Next(1, given.tokens + 1) * Dimension;
                return new SequencePair(Sequences.Values(random, length), Sequences.Values(random, given.candidates * length));
            })]);
            using var transformer = context.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                EmbeddingDimension = Dimension,
                CandidatesPerToken = given.candidates,
                MaxTokens = given.truncates ? Math.Max(1, given.tokens - 1) : given.tokens + 1,
                TruncateToMaxTokens = given.truncates,
                PadToMaxTokens = given.pads,
                MaskKind = given.maskKind,
                TokenCountColumnName = "Count",
                InitialEmbedding = [0.5f, -1, 2],
            }).Fit(view);

            ConvertedModel.AssertEqual(context, transformer, view, given.opset, "Combined", "Mask", "Count");
        },
        count: 40);

    [TestMethod]
    public void Converted_transform_fails_at_a_row_that_the_transform_refuses()
    {
        var context = new MLContext(seed: 1);
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Dimension, MaxTokens = 2, MaskColumnName = null };
        var (fits, tooLong) = (Sequences.Pair(new Random(1), 2, Dimension), Sequences.Pair(new Random(2), 3, Dimension));
        SequencePair[] refused = [tooLong, fits with { Current = tooLong.Current }, fits with { Current = fits.Current[..Dimension] }];
        foreach (var pair in refused)
        {
            var view = PairView.OfUnknownSize([pair]);
            using var transformer = context.Transforms.NextTokenDiscriminator(options).Fit(PairView.OfUnknownSize([fits]));
            Assert.ThrowsExactly<InvalidRowException>(() => ViewReader.Rows(transformer.Transform(view), "Combined"));

            TemporaryFile.Use(path =>
            {
                using (var stream = File.Create(path))
                    context.Model.ConvertToOnnx(transformer, view, stream);
                using var onnx = context.Transforms.ApplyOnnxModel(["Combined.output"], [PairView.Previous, PairView.Current], path).Fit(view);
                Assert.Throws<Exception>(() => ViewReader.Rows(onnx.Transform(view), "Combined"));
            });
        }
    }

    [TestMethod]
    public void Converted_chain_holds_the_transforms_of_MLNET_before_and_after()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfKnownSize(Sequences.Pairs(4, 3, Dimension), Dimension);
        var chain = context.Transforms.CopyColumns("Real", PairView.Previous)
            .Append(context.Transforms.NextTokenDiscriminator(previousColumnName: "Real"))
            .Append(context.Transforms.CopyColumns("Again", "Combined"))
            .Fit(view);

        ConvertedModel.AssertEqual(context, chain, view, 12, "Combined", "Mask", "Again");
    }

    [TestMethod]
    public void View_is_not_saved_in_place_of_the_transformer()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfKnownSize(Sequences.Pairs(1, 1, Dimension), Dimension);
        using var transformer = context.Transforms.NextTokenDiscriminator().Fit(view);

        Expect.Error<InvalidOperationException>(
            "Column 'Mask': expected the transformer to be saved, found its view. Save the model with mlContext.Model.Save.",
            () => ((ICanSaveModel)transformer.Transform(view)).Save(null!));
    }
}
