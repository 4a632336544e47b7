using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.Examples.Quickstart;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class StageTests
{
    [TestMethod]
    public void Windows_hold_the_true_embeddings_and_the_expected_ones_in_their_places()
    {
        var (corpus, embeddings, generator) = Samples.Learn();
        var windows = new Windows(corpus, new RowMaker(corpus, embeddings, generator), tokens: 3);
        var view = windows.ToView(new MLContext());

        Assert.AreEqual(4, windows.Count);
        Assert.AreEqual(2, windows.Left);
        CollectionAssert.AreEqual(new[] { 3, 4 }, Pipeline.Shape(view, "PreviousEmbeddings").ToArray());
        CollectionAssert.AreEqual(new[] { 3, 4 }, Pipeline.Shape(view, "CurrentEmbeddings").ToArray());
        CollectionAssert.AreEqual(
            new[] { "the cat sat", ". the dog", "sat . the", "cat saw the" }, view.GetColumn<string>("Text").ToArray());

        float[] previous = [.. view.GetColumn<float[]>("PreviousEmbeddings").SelectMany(row => row)];
        float[] current = [.. view.GetColumn<float[]>("CurrentEmbeddings").SelectMany(row => row)];
        for (var place = 0; place < 12; place++)
        {
            var predicted = place == 0 ? generator.Unconditional : generator.ExpectedNext(corpus.Ids[place - 1]);
            Assert.IsTrue(embeddings[corpus.Ids[place]].SequenceEqual(previous.AsSpan(4 * place, 4)), $"token {place}");
            Assert.IsTrue(predicted.SequenceEqual(current.AsSpan(4 * place, 4)), $"prediction {place}");
        }
    }

    [TestMethod]
    public void The_pipeline_puts_init_the_true_tokens_and_the_predictions_in_one_sequence()
    {
        var (mlContext, data, generator) = Load(Samples.Learn());
        var transformed = Pipeline.Fit(mlContext, data, generator.Unconditional).Transform(data);

        var combined = transformed.GetColumn<float[]>("Combined").ElementAt(1);
        var previous = data.GetColumn<float[]>("PreviousEmbeddings").ElementAt(1);
        var current = data.GetColumn<float[]>("CurrentEmbeddings").ElementAt(1);
        CollectionAssert.AreEqual((float[])[.. generator.Unconditional, .. previous[..8], .. current], combined);
        CollectionAssert.AreEqual(combined, transformed.GetColumn<float[]>(Pipeline.FeaturesColumnName).ElementAt(1));
    }

    [TestMethod]
    public void Models_that_are_the_same_agree_on_every_row()
    {
        var (mlContext, data, generator) = Load(Samples.Learn());
        var one = Pipeline.Fit(mlContext, data, generator.Unconditional).Transform(data);
        var other = Pipeline.Fit(mlContext, data, generator.Unconditional).Transform(data);

        Assert.AreEqual(new ViewComparison(4, null), ViewComparison.Of(one, other));
    }

    [TestMethod]
    public void A_value_that_differs_is_found_and_its_place_is_said()
    {
        var (mlContext, data, _) = Load(Samples.Learn());
        var one = Pipeline.Fit(mlContext, data, [1, 2, 3, 4]).Transform(data);
        var other = Pipeline.Fit(mlContext, data, [1, 2, 5, 4]).Transform(data);

        Assert.AreEqual(new ViewComparison(0, "row 0, Combined[0, 2]: original 3, reloaded 5"), ViewComparison.Of(one, other));
    }

    [TestMethod]
    public void Zeros_of_different_sign_differ()
    {
        var (mlContext, data, _) = Load(Samples.Learn());
        var one = Pipeline.Fit(mlContext, data, [0f, 0f, 0f, 0f]).Transform(data);
        var other = Pipeline.Fit(mlContext, data, [0f, -0f, 0f, 0f]).Transform(data);

        Assert.AreEqual("row 0, Combined[0, 1]: original 0, reloaded -0", ViewComparison.Of(one, other).Difference);
    }

    [TestMethod]
    public void A_value_that_differs_in_a_later_row_or_in_the_mask_is_found()
    {
        var mlContext = new MLContext();
        var one = Outputs(mlContext, [1, 2, 3, 4], [true, false, false, true]);
        var value = Outputs(mlContext, [1, 2, 3, 9], [true, false, false, true]);
        var mask = Outputs(mlContext, [1, 2, 3, 4], [true, false, true, true]);

        Assert.AreEqual(new ViewComparison(1, "row 1, Combined[1, 1]: original 4, reloaded 9"), ViewComparison.Of(one, value));
        Assert.AreEqual(new ViewComparison(1, "row 1, Mask[1, 0]: original False, reloaded True"), ViewComparison.Of(one, mask));
    }

    [TestMethod]
    public void A_row_too_few_and_another_shape_are_found()
    {
        var (mlContext, data, generator) = Load(Samples.Learn());
        var model = Pipeline.Fit(mlContext, data, generator.Unconditional);
        var all = model.Transform(data);
        var few = model.Transform(mlContext.Data.TakeRows(data, 3));
        var (_, wide, other) = Load(Samples.Learn(dimension: 5));

        Assert.AreEqual(new ViewComparison(3, "row 3: only the original model gives it"), ViewComparison.Of(all, few));
        Assert.AreEqual(new ViewComparison(3, "row 3: only the reloaded model gives it"), ViewComparison.Of(few, all));
        var shapes = ViewComparison.Of(all, Pipeline.Fit(mlContext, wide, other.Unconditional).Transform(wide));
        Assert.IsNotNull(shapes.Difference);
        Assert.StartsWith("column Combined: ", shapes.Difference);
    }

    private static (MLContext Context, IDataView Data, BigramGenerator Generator) Load(
        (Corpus Corpus, Embeddings Embeddings, BigramGenerator Generator) learned)
    {
        var mlContext = new MLContext();
        var windows = new Windows(learned.Corpus, new RowMaker(learned.Corpus, learned.Embeddings, learned.Generator), tokens: 3);
        return (mlContext, windows.ToView(mlContext), learned.Generator);
    }

    // Two rows, of which the second is given.
    private static IDataView Outputs(MLContext mlContext, float[] combined, bool[] mask) => mlContext.Data.LoadFromEnumerable(
    [
        new OutputRow { Combined = [0, 0, 0, 0], Mask = [true, true, true, true] },
        new OutputRow { Combined = combined, Mask = mask },
    ]);

    private sealed class OutputRow
    {
        [VectorType(2, 2)]
        public required float[] Combined { get; init; }

        [VectorType(2, 2)]
        public required bool[] Mask { get; init; }
    }
}
