using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>One seed gives one result on one machine.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DeterminismTests
{
    [TestMethod]
    public void Same_context_seed_gives_the_same_weights()
    {
        using var first = Fit(contextSeed: 7);
        using var second = Fit(contextSeed: 7);
        using var other = Fit(contextSeed: 8);

        Expect.SameWeights(first.Weights(), second.Weights());
        CollectionAssert.AreNotEqual(first.Weights()["head.weight"], other.Weights()["head.weight"]);
    }

    [TestMethod]
    public void Trainer_fitted_twice_gives_the_same_weights()
    {
        var context = new MLContext(seed: 3);
        var view = Trainers.Transformed(context, Samples.View(context, 40));
        var trainer = Trainers.Small(context, options => (options.Seed, options.Dropout, options.ValidationFraction) = (null, 0.2, 0.2));
        using var first = trainer.Fit(view);
        using var second = trainer.Fit(view);

        Expect.SameWeights(first.Weights(), second.Weights());
    }

    [TestMethod]
    public void Seed_option_overrides_the_context_seed()
    {
        using var first = Fit(contextSeed: 7, seed: 5);
        using var second = Fit(contextSeed: 8, seed: 5);

        Expect.SameWeights(first.Weights(), second.Weights());
    }

    [TestMethod]
    public void Training_leaves_the_global_generator_unchanged()
    {
        torch.manual_seed(11);
        var expected = torch.rand(4).data<float>().ToArray();

        torch.manual_seed(11);
        using var scorer = Fit(contextSeed: 7, engine: EngineKind.Torch);

        CollectionAssert.AreEqual(expected, torch.rand(4).data<float>().ToArray());
    }

    [TestMethod]
    public void Training_leaves_no_tensor()
    {
        // TorchSharp never stops counting the tensor that a parameter is made from: so many there are in any case.
        var few = Count(epochs: 1, rows: 20);
        var many = Count(epochs: 5, rows: 100);

        Assert.AreEqual(few, many);

        static long Count(int epochs, int rows)
        {
            // What other tests dropped without disposing must not be counted against this one.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = torch.Tensor.TotalCount;
            var context = new MLContext(seed: 1);
            using (var scorer = Trainers.Fit(context, options =>
                (options.Engine, options.Dropout, options.ValidationFraction, options.LearnInitialEmbedding, options.Epochs) = (EngineKind.Torch, 0.1, 0.2, true, epochs)))
            {
                scorer.Scores(context, Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Free(rows, TokenRow.Tokens))));
            }

            return torch.Tensor.TotalCount - before;
        }
    }

    private static NextTokenDiscriminatorScorer Fit(int contextSeed, int? seed = null, EngineKind engine = EngineKind.Auto) => Trainers.Fit(
        new MLContext(contextSeed),
        options => (options.Engine, options.Seed, options.Dropout, options.ValidationFraction) = (engine, seed, 0.2, 0.2));
}
