using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Gradients through the module.</summary>
[TestClass]
public sealed class GradientTests
{
    public static IEnumerable<object[]> GoldenNames => Golden.Names;

    [TestMethod]
    [DynamicData(nameof(GoldenNames))]
    public void Gradients_reach_the_initial_embedding_and_both_inputs_as_in_the_original(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Cases[name];
        var module = ForwardTests.GoldenModule(golden);
        long[] shape = [golden.Batch, golden.Tokens, golden.Dimension];
        var previous = tensor(golden.Previous, shape, requires_grad: true);
        var current = tensor(golden.Current, shape, requires_grad: true);

        var (sequences, mask) = module.forward(previous, current);
        var gradients = autograd.grad(
            [sequences], [module.InitialEmbedding, previous, current], [tensor(golden.OutputGradient, golden.CombinedShape)]);

        Assert.IsFalse(mask.requires_grad);
        // A sum over the batch, whose order is libtorch's affair; the other two are copies.
        var initial = gradients[0].Floats();
        Assert.HasCount(golden.Dimension, initial);
        for (var c = 0; c < golden.Dimension; c++)
            Assert.AreEqual(golden.InitialEmbeddingGradient[c], initial[c], 1e-6f);
        Expect.SameBits(golden.PreviousGradient, gradients[1].Floats());
        Expect.SameBits(golden.CurrentGradient, gradients[2].Floats());
    }

    [TestMethod]
    public void Step_of_an_optimizer_moves_the_initial_embedding()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        using var optimizer = torch.optim.SGD(module.parameters(), 0.5);
        var (previous, current) = Tensors.Batch(Sequences.Pairs(4, 3, 2), 3, 2);

        module.forward(previous, current).Sequences.sum().backward();
        optimizer.step();

        // The initial embedding stands once in each of the 4 rows: its gradient is 4.
        Expect.SameBits([-2, -2], module.InitialEmbedding.Floats());
    }
}
