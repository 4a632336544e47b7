using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>The range of each option.</summary>
[TestClass]
public sealed class TrainerOptionsValidatorTests
{
    private static readonly double[] NoNumbers = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [TestMethod]
    public void Limits_of_each_range_are_accepted()
    {
        foreach (var set in new Action<Options>[]
        {
            _ => { },
            options => options.LearningRate = double.Epsilon,
            options => options.LearningRate = 1e30,
            options => options.WeightDecay = 0,
            options => (options.LearningRate, options.WeightDecay) = (1, 1e38),
            options => (options.LearningRate, options.WeightDecay) = (1e30, 1e8),
            options => options.WarmupFraction = 0,
            options => options.WarmupFraction = 1,
            options => options.MaxGradientNorm = double.Epsilon,
            options => options.GradientAccumulationSteps = 1,
            options => options.MaxCacheBytes = 0,
            options => options.ShuffleBufferBytes = 1,
            options => options.Epochs = 1,
            options => options.ValidationFraction = 0,
            options => options.ValidationFraction = Math.BitDecrement(1.0),
            options => options.Patience = 1,
            options => options.CheckpointSteps = 0,
            options => options.CheckpointSeconds = 0,
            options => options.ProgressSeconds = 0,
            options => options.MaxNonFiniteSteps = 0,
            options => options.BatchSize = 1,
            options => (options.InitialWeightsPath, options.CheckpointPath, options.ExampleWeightColumnName) = (null, null, null),
            options => (options.InitialWeightsPath, options.CheckpointPath, options.ExampleWeightColumnName) = ("a", "b", "c"),
            options => options.SamplingKeyColumnName = "a",
        })
        {
            Assert.IsNull(Problem(set));
        }
    }

    [TestMethod]
    public void Value_out_of_range_is_named_with_the_expected_range()
    {
        foreach (var (set, option, problem) in Outside())
            Assert.AreEqual((option, problem), Problem(set)!.Value);
    }

    private static IEnumerable<(Action<Options> Set, string Option, string Problem)> Outside()
    {
        foreach (var value in NoNumbers.Append(0).Append(-1))
        {
            yield return (options => options.LearningRate = value, "LearningRate", FormattableString.Invariant($"expected a positive number, found {value}"));
            yield return (options => options.MaxGradientNorm = value, "MaxGradientNorm", FormattableString.Invariant($"expected a positive number, or 0 (none), found {value}"));
        }

        foreach (var value in NoNumbers.Append(-double.Epsilon))
        {
            yield return (options => options.WeightDecay = value, "WeightDecay", FormattableString.Invariant($"expected 0 or a positive number, found {value}"));
            yield return (options => options.CheckpointSeconds = value, "CheckpointSeconds", FormattableString.Invariant($"expected 0 (none within an epoch) or more, found {value}"));
            yield return (options => options.ProgressSeconds = value, "ProgressSeconds", FormattableString.Invariant($"expected 0 (never) or more, found {value}"));
        }

        foreach (var value in NoNumbers.Append(-double.Epsilon).Append(Math.BitIncrement(1.0)))
            yield return (options => options.WarmupFraction = value, "WarmupFraction", FormattableString.Invariant($"expected 0 to 1, found {value}"));
        foreach (var value in NoNumbers.Append(-double.Epsilon).Append(1))
            yield return (options => options.ValidationFraction = value, "ValidationFraction", FormattableString.Invariant($"expected 0 up to but not including 1, found {value}"));

        // What the optimizer multiplies weights by is a number of 32 bits.
        yield return (options => options.LearningRate = 1e308, "LearningRate", "expected 0 to 1E+30, found 1E+308");
        yield return (options => options.LearningRate = 2e30, "LearningRate", "expected 0 to 1E+30, found 2E+30");
        yield return (options => options.WeightDecay = 1e300, "WeightDecay", "expected 0 or a positive number, times the learning rate at most 1E+38, found 1E+300");
        yield return (options => (options.LearningRate, options.WeightDecay) = (1e30, 1e9), "WeightDecay", "expected 0 or a positive number, times the learning rate at most 1E+38, found 1000000000");

        yield return (options => options.GradientAccumulationSteps = 0, "GradientAccumulationSteps", "expected at least 1, found 0");
        yield return (options => options.MaxCacheBytes = -1, "MaxCacheBytes", "expected a positive number, or 0 (a share of the memory), found -1");
        yield return (options => options.ShuffleBufferBytes = 0, "ShuffleBufferBytes", "expected at least 1, found 0");
        yield return (options => options.Epochs = -1, "Epochs", "expected at least 1 epoch, or 0 (the default), found -1");
        yield return (options => options.Patience = -1, "Patience", "expected at least 1 epoch, or 0 (none), found -1");
        yield return (options => options.CheckpointSteps = -1, "CheckpointSteps", "expected 0 (none within an epoch) or more, found -1");
        yield return (options => options.MaxNonFiniteSteps = -1, "MaxNonFiniteSteps", "expected 0 or more, found -1");
        yield return (options => options.LabelColumnName = " ", "LabelColumnName", "a column name is needed, found none");
        yield return (options => options.ExampleWeightColumnName = " ", "ExampleWeightColumnName", "a column name, or an empty one (no such column), is needed, found a blank name");
        yield return (options => options.SamplingKeyColumnName = " ", "SamplingKeyColumnName", "a column name, or an empty one (each row by itself), is needed, found a blank name");
        yield return (options => options.InitialWeightsPath = " ", "InitialWeightsPath", "a path, or an empty one (random weights), is needed, found a blank one");
        yield return (options => options.CheckpointPath = " ", "CheckpointPath", "a path, or an empty one (no checkpoints), is needed, found a blank one");
    }

    [TestMethod]
    public void Sharded_input_needs_a_batch_that_the_processes_divide() => InMemoryProcessGroup.Run(3, one =>
    {
        Assert.IsNull(Problem(options => (options.ProcessGroup, options.InputIsSharded, options.BatchSize) = (one, true, 33)));
        Assert.IsNull(Problem(options => (options.ProcessGroup, options.BatchSize) = (one, 32)));
        Assert.AreEqual(
            ("InputIsSharded", "expected BatchSize * GradientAccumulationSteps to be a multiple of the 3 processes, found 32"),
            Problem(options => (options.ProcessGroup, options.InputIsSharded, options.BatchSize) = (one, true, 32)));
        return true;
    });

    [TestMethod]
    public void Single_process_accepts_sharded_input() => InMemoryProcessGroup.Run(
        1, one => { Assert.IsNull(Problem(options => (options.ProcessGroup, options.InputIsSharded) = (one, true))); return true; });

    private static (string Option, string Problem)? Problem(Action<Options> set)
    {
        var options = new Options();
        set(options);
        return TrainerOptionsValidator.Validate(options);
    }
}
