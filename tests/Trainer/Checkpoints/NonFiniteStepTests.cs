using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>A step with a non-finite loss is reported with its location, and may be skipped.</summary>
[TestClass]
public sealed class NonFiniteStepTests
{
    [TestMethod]
    public void Error_names_rows_gradient_and_checkpoint() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 40));
        // Each step multiplies the weights by -1000: some epochs later they overflow.
        var trainer = Trainers.Small(context, options =>
            (options.Epochs, options.WarmupFraction, options.WeightDecay, options.CheckpointPath) = (1000, 0, 1001 / options.LearningRate, path));

        var error = Expect.Error<DiscriminatorTrainingException>(() => trainer.Fit(view), "rows ", "the largest gradient is that of '", $"the last checkpoint is '{path}'");

        Assert.IsTrue(error.Rows.Count is 16 or 8, $"{error.Rows.Count} rows");
        Assert.IsTrue(error.Rows.All(row => row is >= 0 and < 40));
        Assert.HasCount(error.Rows.Count, error.Rows.Distinct().ToList());
        Assert.Contains(string.Join(", ", error.Rows.Take(8)), error.Message);
        using var network = error.Best!.CreateNetwork();
        Assert.IsTrue(network.named_parameters().Any(parameter => parameter.name == error.LargestGradient), error.LargestGradient);
        Assert.AreEqual(error.Epoch, CheckpointFile.Read(path).ReadState<TrainingState>().Epoch);
    });

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    public void MaxNonFiniteSteps_steps_are_skipped_before_the_error(int allowed)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) => { if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning) warnings.Add(e.Message); };
        var view = Trainers.Transformed(context, Samples.View(context, 160));
        // The second step's weights are no numbers any more, nor are those of any step after it.
        var trainer = Trainers.Small(context, options =>
            (options.WarmupFraction, options.WeightDecay, options.MaxNonFiniteSteps) = (0, 1e38, allowed));

        var error = Expect.Error<DiscriminatorTrainingException>(() => trainer.Fit(view), $"batch {2 + allowed} of 10");

        Assert.AreEqual(2 + allowed, error.Batch);
        Assert.HasCount(allowed, warnings);
        for (var i = 0; i < allowed; i++)
            Assert.Contains($"Skipped a step, {i + 1} of at most {allowed}", warnings[i]);
    }

    [TestMethod]
    public void Negative_MaxNonFiniteSteps_is_refused() => Expect.Error<ArgumentException>(
        () => Trainers.Small(new MLContext(), options => options.MaxNonFiniteSteps = -1), "MaxNonFiniteSteps", "-1");
}
