namespace MlNetNtd.Tests;

/// <summary>A batch given in micro-batches equals the whole batch.</summary>
[TestClass]
public sealed class GradientAccumulationTests
{
    [TestMethod]
    [DataRow(4, 4, EngineKind.Torch)]
    [DataRow(5, 3, EngineKind.Managed)]
    [DataRow(1, 16, EngineKind.Managed)]
    public void Losses_and_weights_equal_those_of_the_whole_batch(int batchSize, int pieces, EngineKind engine)
    {
        using var whole = Fit(batchSize * pieces, 1, engine);
        using var inPieces = Fit(batchSize, pieces, engine);

        foreach (var (expected, found) in whole.History.Zip(inPieces.History, (expected, found) => (expected, found)))
        {
            Assert.AreEqual(expected.Training.Loss, found.Training.Loss, 1e-5, $"epoch {expected.Epoch}");
            Assert.AreEqual(expected.Validation!.Loss, found.Validation!.Loss, 1e-5, $"epoch {expected.Epoch}");
        }

        static NextTokenDiscriminatorScorer Fit(int batchSize, int pieces, EngineKind engine)
        {
            var context = new Microsoft.ML.MLContext(seed: 1);
            // Rows of every length, each of its own weight; what dropout leaves out of a row is the row's.
            return Trainers.Small(context, options => (options.Engine, options.BatchSize, options.GradientAccumulationSteps, options.ValidationFraction, options.Dropout, options.Epochs) =
                    (engine, batchSize, pieces, 0.2, 0.2, 3))
                .Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Free(50, TokenRow.Tokens))));
        }
    }

    [TestMethod]
    public void Zero_accumulation_steps_are_refused() => Expect.Error<ArgumentException>(
        () => Trainers.Small(new Microsoft.ML.MLContext(), options => options.GradientAccumulationSteps = 0), "GradientAccumulationSteps", "at least 1", "0");
}
