using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>
/// Adam and AdamW for the parameters of any module equal TorchSharp's bit for bit, with scalars that no garbage collection frees.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class ScalarSafeAdamTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Steps_equal_those_of_TorchSharp(bool decays)
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Start(), Start());
        using optim.Optimizer optimizer = decays
            ? new ScalarSafeAdamW([ours], 0.1, beta1: 0.5, beta2: 0.99, weightDecay: 0.2)
            : new ScalarSafeAdam([ours], 0.1, beta1: 0.5, beta2: 0.99);
        using optim.Optimizer other = decays
            ? optim.AdamW([theirs], 0.1, beta1: 0.5, beta2: 0.99, weight_decay: 0.2)
            : optim.Adam([theirs], 0.1, beta1: 0.5, beta2: 0.99);
        for (var step = 1; step <= 20; step++)
        {
            Step(optimizer, ours, 0.1 / step);
            Step(other, theirs, 0.1 / step);

            CollectionAssert.AreEqual(theirs.data<float>().ToArray(), ours.data<float>().ToArray(), $"Step {step}");
        }

        Assert.AreNotEqual(1f, ours.data<float>()[0]);
    }

    /// <summary>Beside the collector TorchSharp's optimizer fails, or computes with garbage, within some hundreds of steps.</summary>
    [TestMethod]
    public void Steps_are_the_same_whenever_the_collector_runs()
    {
        var expected = Run();

        using var collector = new GcPressure();
        CollectionAssert.AreEqual(expected, Run());

        static float[] Run()
        {
            using var scope = NewDisposeScope();
            var parameter = Start();
            using var optimizer = new ScalarSafeAdamW([parameter]);
            for (var step = 0; step < 3_000; step++)
                Step(optimizer, parameter, 1e-3);
            return parameter.data<float>().ToArray();
        }
    }

    [TestMethod]
    public void Restored_state_continues_the_steps()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Start(), Start());
        using var before = new ScalarSafeAdam([first]);
        for (var step = 0; step < 5; step++)
            Step(before, first, 0.1);
        using (no_grad())
            second.copy_(first);
        using var after = new ScalarSafeAdam([second]);
        after.SetState(before.GetState());

        Step(before, first, 0.1);
        Step(after, second, 0.1);

        CollectionAssert.AreEqual(first.data<float>().ToArray(), second.data<float>().ToArray());
        CollectionAssert.AreEqual(new[] { 6L }, after.GetState().Steps);
        var foreign = after.GetState() with { Means = [[1, 2, 3]] };
        Expect.Error<ArgumentException>(() => after.SetState(foreign), "state", "4 values");
    }

    [TestMethod]
    public void Learning_rate_scheduler_of_TorchSharp_applies()
    {
        using var scope = NewDisposeScope();
        using var optimizer = new ScalarSafeAdam([Start()], 0.1);
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 1, 0.5);

        scheduler.step();

        Assert.AreEqual(0.05, optimizer.ParamGroups.Single().LearningRate, 1e-12);
    }

    [TestMethod]
    public void Optimizer_made_in_inference_mode_works_outside()
    {
        using var scope = NewDisposeScope();
        var parameter = Start();
        ScalarSafeAdam optimizer;
        using (inference_mode())
            optimizer = new ScalarSafeAdam([parameter]);
        using (optimizer)
            Step(optimizer, parameter, 0.1);

        Assert.AreEqual(0.9f, parameter.data<float>()[0], 1e-5f);
    }

    /// <summary>In half precision a step's change is rounded away.</summary>
    [TestMethod]
    public void Unsupported_parameters_are_refused()
    {
        using var scope = NewDisposeScope();
        var half = new Parameter(zeros(2, dtype: ScalarType.BFloat16));
        Expect.Error<ArgumentException>(() => new ScalarSafeAdamW([Start(), half]).Dispose(), "parameters", "Float32", "found BFloat16 at position 1");
        Expect.Error<ArgumentException>(() => new ScalarSafeAdam([]).Dispose(), "at least one");

        using var module = nn.Linear(2, 2);
        using var optimizer = new ScalarSafeAdam(module.parameters());
        module.to(ScalarType.Float64);
        Expect.Error<InvalidOperationException>(() => optimizer.step(), "moved");
    }

    private static void Step(optim.Optimizer optimizer, Parameter parameter, double rate)
    {
        using var scope = NewDisposeScope();
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        optimizer.zero_grad();
        parameter.mul(parameter).mul(parameter).sum().backward();
        optimizer.step();
    }

    private static Parameter Start() => new(tensor(new[] { 1f, -2, 3, 0.5f }));
}
