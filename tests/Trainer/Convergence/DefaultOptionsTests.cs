namespace MlNetNtd.Tests;

/// <summary>
/// Default options learn what can be learned. docs/evidence/measurements.md has the figures at full size; these tests use fewer rows and
/// one seed.
/// </summary>
[TestClass]
public sealed class DefaultOptionsTests
{
    private const int Rows = 500;
    private const int HeldOut = 500;

    // A training each: all of them in a full run, the one that needs the context otherwise.
    private static IEnumerable<object[]> Learnable => ConvergenceTasks.All
        .Where(task => task.Possible == 1 && (TestRun.IsFull || task == ConvergenceTasks.Context))
        .Select(task => new object[] { task.Name });

    [TestMethod]
    [DynamicData(nameof(Learnable))]
    public void Default_options_learn_what_the_mask_lets_through(string name)
    {
        var auc = ConvergenceTasks.All.Single(task => task.Name == name).HeldOutAuc(seed: 1, Rows, HeldOut);

        Assert.IsGreaterThanOrEqualTo(0.9, auc, $"AUC {auc}");
    }

    [TestMethod]
    public void Default_options_stay_at_chance_where_the_mask_hides_the_answer()
    {
        var auc = ConvergenceTasks.Peeking.HeldOutAuc(seed: 1, Rows, HeldOut);

        Assert.IsTrue(auc is >= 0.43 and <= 0.57, $"AUC {auc}");
    }

    /// <summary>Layer norm takes away what all dimensions have in common, unless the projection has spread it before.</summary>
    [TestMethod]
    public void Shift_of_all_dimensions_is_detected()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 4, MaxTokens = 2, Dropout = 0 });
        network.eval();
        using (TorchSharp.torch.no_grad())
        {
            // Nothing but what is said of the tokens.
            foreach (var (name, parameter) in network.named_parameters())
            {
                if (name is "position_embedding" or "segment_embedding")
                    parameter.zero_();
            }
        }

        var sequence = TorchSharp.torch.tensor(new[] { 1f, -2f, 0.5f, 3f }).expand(1, 4, 4);
        var moved = (network.forward(sequence, null) - network.forward(sequence + 1, null)).abs().max().item<float>();
        Assert.IsGreaterThan(1e-3f, moved);
    }
}
