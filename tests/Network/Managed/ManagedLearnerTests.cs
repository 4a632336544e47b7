namespace MlNetNtd.Tests;

/// <summary>Training in managed code: the same bits on any number of threads, states that both engines read, nothing done by halves.</summary>
[TestClass]
public sealed class ManagedLearnerTests
{
    private static readonly DiscriminatorLearnerOptions Options = new() { WarmupSteps = 2, TotalSteps = 20 };

    private static TrainingCase Case => new(
        new DiscriminatorConfig { EmbeddingDimension = 6, MaxTokens = 64, ModelDimension = 8, Heads = 2, Dropout = 0.2, LearnInitialEmbedding = true },
        [.. Enumerable.Range(0, 48).Select(i => 64 - i)], ByToken: true, Weighted: true, Seed: 4);

    [TestMethod]
    public void Weights_have_the_same_bits_on_any_number_of_threads()
    {
        var expected = Train(threads: 1);
        foreach (var threads in new[] { 2, 3, 16 })
            Expect.SameWeights(expected, Train(threads));
    }

    [TestMethod]
    public void Parameters_lie_in_the_order_of_the_network_s()
    {
        using var network = Case.CreateNetwork();
        var layout = new ParameterLayout(network.Config);

        CollectionAssert.AreEqual(network.named_parameters().Select(entry => entry.name).ToArray(), layout.Parameters.Select(parameter => parameter.Name).ToArray());
        Assert.AreEqual(network.Config.GetFlatLength(), layout.Length);
    }

    [TestMethod]
    public void State_goes_on_with_the_other_engine()
    {
        using var network = Case.CreateNetwork();
        using var copy = Case.CreateNetwork();
        using var learner = new DiscriminatorLearner(network, Options);
        using var other = new DiscriminatorLearner(copy, Options);
        var managed = new ManagedLearner(network.ToStateDictionary(), Options, Case.Seed);
        for (var step = 0; step < 3; step++)
            Case.Step(learner, Case.Rows(step));

        managed.SetState(learner.GetState());
        var losses = Enumerable.Range(3, 3).Select(step => managed.Step(Case.Rows(step), LossKind.Token)).ToArray();
        other.SetState(managed.GetState());

        for (var step = 3; step < 6; step++)
            Assert.AreEqual(Case.Step(learner, Case.Rows(step)), losses[step - 3], 1e-4, $"step {step}");
        Assert.AreEqual(Case.Step(learner, Case.Rows(6)), Case.Step(other, Case.Rows(6)), 1e-4, "step 6");
        Assert.AreEqual(learner.Steps, other.Steps);
    }

    [TestMethod]
    public void Step_without_a_finite_loss_leaves_weights_and_optimizer()
    {
        using var network = Case.CreateNetwork();
        var managed = new ManagedLearner(network.ToStateDictionary(), Options);
        managed.Step(Case.Rows(), LossKind.Token);
        var before = managed.GetState();
        var rows = Case.Rows(1);
        rows[3].Values[Case.Config.EmbeddingDimension] = float.NaN;

        Assert.IsTrue(double.IsNaN(managed.Step(rows, LossKind.Token)));

        var after = managed.GetState();
        Expect.SameWeights(new(before.Weights), new(after.Weights));
        CollectionAssert.AreEqual(before.Mean, after.Mean);
        Assert.AreEqual(before.Steps, after.Steps);
        Assert.IsFalse(float.IsFinite(managed.LargestGradient().Norm));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Error_in_one_part_of_the_rows_ends_the_step(int threads)
    {
        using var network = Case.CreateNetwork();
        var managed = new ManagedLearner(network.ToStateDictionary(), Options, threads: threads);
        var rows = Case.Rows();
        rows[0] = new TrainingSequence { Values = [], PaddedTokens = 64, Tokens = 64, BatchTokens = 64, Labels = [1], Weight = 1 };

        Assert.Throws<ArgumentException>(() => managed.Step(rows, LossKind.Token));

        Assert.AreEqual(0, managed.Steps);
        Assert.IsTrue(double.IsFinite(managed.Step(Case.Rows(), LossKind.Token)));
    }

    [TestMethod]
    public void Step_allocates_nothing_once_it_has_seen_the_rows()
    {
        using var network = Case.CreateNetwork();
        var managed = new ManagedLearner(network.ToStateDictionary(), Options, threads: 1);
        var rows = Case.Rows();
        managed.Step(rows, LossKind.Token);

        // The runtime allocates for itself now and then, as its cache of casts grows.
        var least = long.MaxValue;
        for (var step = 0; step < 5; step++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            managed.Step(rows, LossKind.Token);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.AreEqual(0, least);
    }

    private static Dictionary<string, float[]> Train(int threads)
    {
        using var network = Case.CreateNetwork();
        var managed = new ManagedLearner(network.ToStateDictionary(), Options, Case.Seed, threads);
        for (var step = 0; step < 5; step++)
            managed.Step(Case.Rows(step), LossKind.Token);
        return new(managed.ToStateDictionary().Values);
    }
}
