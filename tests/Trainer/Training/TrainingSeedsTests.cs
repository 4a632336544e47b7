using FsCheck.Fluent;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Weights, validation rows and row order have separate seeds.</summary>
[TestClass]
public sealed class TrainingSeedsTests
{
    [TestMethod]
    public void Derived_seeds_are_all_different() => Property.Check(Gen.Choose(int.MinValue, int.MaxValue), seed =>
    {
        var seeds = TrainingSeeds.FromSeed(seed);

        Assert.HasCount(3, new[] { seeds.Weights, seeds.Split, seeds.Order }.Distinct().ToList());
        Assert.AreEqual(seeds, TrainingSeeds.FromSeed(seed));
    });

    /// <summary>What the rows of a step are is seen where the step fails.</summary>
    [TestMethod]
    public void Row_order_follows_its_seed()
    {
        const int rows = 80;
        var context = new MLContext(seed: 1);
        var trainer = Trainers.Small(context, options => (options.LearningRate, options.MaxGradientNorm, options.WarmupFraction) = (1e30, 0, 0));

        var error = Assert.ThrowsExactly<DiscriminatorTrainingException>(() => trainer.Fit(Trainers.Transformed(context, Samples.View(context, rows))));

        var order = new EpochShuffler(DataShard.CreateUnsharded(16, byLength: false), byLength: false, TrainingSeeds.FromSeed(1).Order, bufferRows: 1000);
        var steps = order.Steps(error.Epoch, Enumerable.Range(0, rows).Select(row => new SequenceRow(new float[2], 1, null, 1, [true], Number: row))).ToArray();
        CollectionAssert.AreEqual(steps[error.Batch!.Value - 1].Select(row => row.Number).ToArray(), error.Rows.ToArray());
    }

    /// <summary>Which rows validate is seen where one of them cannot be read again.</summary>
    [TestMethod]
    public void Validation_split_follows_its_seed()
    {
        const int rows = 80;
        var draw = ValidationSplit.FromFraction(0.3, TrainingSeeds.FromSeed(1).Split);
        var numbers = new List<long>();
        TestView? view = null;
        view = new TestView(rows)
            .Vector("Combined", new(Microsoft.ML.Data.NumberDataViewType.Single, 4, Samples.Dimension), row =>
            {
                // The survey, the first epoch's training rows, its validation rows.
                if (view!.Opened == 3)
                    numbers.Add(row);
                return Samples.Values(new Random((int)row), 4 * Samples.Dimension);
            })
            .Scalar("Label", Microsoft.ML.Data.BooleanDataViewType.Instance, row => row % 2 == 0);

        Trainers.Small(new MLContext(seed: 1), options => (options.MaskColumnName, options.ValidationFraction, options.MaxCacheBytes, options.Epochs) = ("", 0.3, 1, 1))
            .Fit(view).Dispose();

        CollectionAssert.AreEqual(Enumerable.Range(0, rows).Where(row => draw.IsValidation(row)).Select(row => (long)row).ToArray(), numbers);
    }
}
