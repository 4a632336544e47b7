using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.Tests;

/// <summary>The examples' optimizer beside TorchSharp's.</summary>
[TestClass]
public sealed class AdamOptimizerTests
{
    [TestMethod]
    public void Steps_are_those_of_TorchSharps_Adam()
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Start(), Start());
        using var optimizer = new AdamOptimizer([ours], firstDecay: 0.5, secondDecay: 0.99);
        using var other = optim.Adam([theirs], beta1: 0.5, beta2: 0.99);
        for (var step = 1; step <= 20; step++)
        {
            optimizer.Clear();
            Loss(ours).backward();
            optimizer.Step(0.1 / step);

            other.zero_grad();
            Loss(theirs).backward();
            foreach (var group in other.ParamGroups)
                group.LearningRate = 0.1 / step;
            other.step();

            CollectionAssert.AreEqual(theirs.data<float>().ToArray(), ours.data<float>().ToArray(), $"Step {step}");
        }

        static Parameter Start() => new(tensor(new[] { 1f, -2, 3, 0.5f }));
        static Tensor Loss(Parameter parameter) => parameter.Squared().mul(parameter).sum();
    }
}
