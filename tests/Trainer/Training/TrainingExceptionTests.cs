using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The error of a training whose loss is not finite.</summary>
[TestClass]
public sealed class TrainingExceptionTests
{
    private static readonly TrainingState State = new() { Epoch = 3, Batches = 4 };

    [TestMethod]
    public void Batch_error_names_epoch_batch_rows_and_largest_gradient()
    {
        var error = DiscriminatorTrainingException.Create(State, 10, [7, 9], ("head.weight", 12345.6f), "'a' (epoch 1)", best: null);

        Assert.AreEqual(
            "The loss is no longer a finite number: epoch 3, batch 5 of 10, rows 7, 9; the largest gradient is that of 'head.weight', of norm 1.235E+04; "
            + "no epoch was finished before, so there are no weights to keep; the last checkpoint is 'a' (epoch 1). Try a smaller LearningRate, or a larger WarmupFraction.",
            error.Message);
        Assert.AreEqual((3, 5, "head.weight"), (error.Epoch, error.Batch, error.LargestGradient));
        CollectionAssert.AreEqual(new long[] { 7, 9 }, error.Rows.ToArray());
        Assert.IsNull(error.Best);
    }

    [TestMethod]
    public void Validation_error_names_no_batch()
    {
        var error = DiscriminatorTrainingException.Create(State, 10, rows: null, gradient: null, checkpoint: null, best: null);

        Assert.AreEqual(
            "The loss is no longer a finite number: epoch 3, on the validation rows; no epoch was finished before, so there are no weights to keep. "
            + "Try a smaller LearningRate, or a larger WarmupFraction.",
            error.Message);
        Assert.IsNull(error.Batch);
        Assert.IsNull(error.LargestGradient);
        Assert.IsEmpty(error.Rows);
    }

    [TestMethod]
    [DataRow(8, "rows 0, 1, 2, 3, 4, 5, 6, 7;")]
    [DataRow(9, "rows 0, 1, 2, 3, 4, 5, 6, 7 and 1 more;")]
    [DataRow(30, "rows 0, 1, 2, 3, 4, 5, 6, 7 and 22 more;")]
    public void Message_names_the_first_rows_and_the_property_has_all(int rows, string phrase)
    {
        var error = DiscriminatorTrainingException.Create(State, 10, [.. Enumerable.Range(0, rows).Select(row => (long)row)], ("w", 1), null, null);

        Assert.Contains(phrase, error.Message);
        Assert.HasCount(rows, error.Rows);
    }

    [TestMethod]
    public void Best_epoch_is_the_last_one_marked_best()
    {
        var metrics = new DiscriminatorMetrics(1, 1, 1);
        var context = new MLContext(seed: 1);
        using var one = Trainers.Untrained(context);
        using var best = new NextTokenDiscriminatorScorer(
            context, one.Settings, [new(1, 9, metrics, null, 1, IsBest: true), new(2, 9, metrics, null, 1, IsBest: true), new(3, 9, metrics, null, 1, IsBest: false)]);

        var error = DiscriminatorTrainingException.Create(State, 10, [1], ("w", 1), null, best);

        Assert.Contains("the best weights so far, of epoch 2, are in the exception's Best", error.Message);
        Assert.AreSame(best, error.Best);
    }
}
