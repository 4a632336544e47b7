namespace MlNetNtd.Tests;

/// <summary>The managed engine computes the losses and gradients of the TorchSharp network.</summary>
[TestClass]
public sealed class ManagedGradientTests
{
    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    private static readonly DiscriminatorLearnerOptions Options = new() { MaxGradientNorm = 0 };

    [TestMethod]
    public void Gradients_equal_the_network_s_at_any_size_and_vector_width() => Property.Check(TrainingCase.Cases, Compare);

    [TestMethod]
    [DataRow(64, 4, 2, 300, 200, 1)]
    [DataRow(64, 4, 1, 128, 128, 128)]
    [DataRow(40, 1, 2, 70, 3)]
    [DataRow(300, 2, 2, 20, 130)]
    [DataRow(256, 4, 2, 30, 9)]
    public void Gradients_equal_the_network_s_beyond_the_sizes_of_cache_blocks(int width, int heads, int layers, params int[] lengths) =>
        Compare(new TrainingCase(
            new DiscriminatorConfig { EmbeddingDimension = 20, MaxTokens = 300, ModelDimension = width, Heads = heads, Layers = layers, Dropout = 0.1 },
            lengths, ByToken: false, Weighted: true, Seed: 3));

    [TestMethod]
    [DataRow(64, 4, 2, 4, 100, 60, 1)]
    [DataRow(40, 1, 2, 11, 70, 3)]
    [DataRow(64, 4, 1, 64, 9, 2)]
    public void Gradients_of_ranked_candidates_equal_the_network_s_beyond_the_sizes_of_blocks(int width, int heads, int layers, int candidates, params int[] lengths) =>
        Compare(new TrainingCase(
            new DiscriminatorConfig { EmbeddingDimension = 20, MaxTokens = 300, ModelDimension = width, Heads = heads, Layers = layers, Dropout = 0.1 },
            lengths, ByToken: true, Weighted: true, Seed: 3, candidates, Ranks: true));

    [TestMethod]
    public void Gradient_of_several_candidates_is_the_mean_of_their_gradients_alone()
    {
        var several = new TrainingCase(
            new DiscriminatorConfig { EmbeddingDimension = 6, MaxTokens = 9, Dropout = 0 }, [9, 4, 1], ByToken: true, Weighted: false, Seed: 2, Candidates: 3);
        using var network = several.CreateNetwork();
        var weights = network.ToStateDictionary();
        var rows = several.Rows();
        var together = Learn(rows, 3);
        var alone = Enumerable.Range(0, 3).Select(candidate => Learn(Array.ConvertAll(rows, row => Take(row, candidate)), 1)).ToArray();

        for (var i = 0; i < together.Length; i++)
            Assert.AreEqual(alone.Average(gradients => gradients[i]), together[i], 1e-5, $"Weight {i}");

        float[] Learn(TrainingSequence[] step, int candidates)
        {
            var learner = new ManagedLearner(weights, Options with { CandidatesPerToken = candidates }, threads: 1);
            learner.Step(step, LossKind.Token);
            return learner.Gradients.ToArray();
        }

        TrainingSequence Take(TrainingSequence row, int candidate) => new()
        {
            Values =
            [
                .. row.Values[..(6 * row.PaddedTokens)],
                .. Enumerable.Range(0, row.PaddedTokens).SelectMany(token => row.Values.Skip(6 * (row.PaddedTokens + 3 * token + candidate)).Take(6)),
            ],
            PaddedTokens = row.PaddedTokens,
            Tokens = row.Tokens,
            BatchTokens = row.BatchTokens,
            Labels = [.. Enumerable.Range(0, row.PaddedTokens).Select(token => row.Labels[3 * token + candidate])],
            Weight = row.Weight,
        };
    }

    [TestMethod]
    public void Losses_of_fifty_steps_equal_the_network_s_without_dropout()
    {
        var one = new TrainingCase(new DiscriminatorConfig { EmbeddingDimension = 8, MaxTokens = 12, Dropout = 0 }, [12, 5, 9, 12, 1, 7], ByToken: true, Weighted: false, Seed: 5);
        using var network = one.CreateNetwork();
        var options = new DiscriminatorLearnerOptions { WarmupSteps = 5, TotalSteps = 60 };
        var managed = new ManagedLearner(network.ToStateDictionary(), options);
        using var learner = new DiscriminatorLearner(network, options);
        for (var step = 0; step < 50; step++)
        {
            var rows = one.Rows(step % 4);
            Assert.AreEqual(one.Step(learner, rows), managed.Step(rows, one.ByToken ? LossKind.Token : LossKind.Row), 1e-5, $"step {step}");
        }
    }

    private static void Compare(TrainingCase one)
    {
        using var network = one.CreateNetwork();
        var weights = network.ToStateDictionary();
        using var learner = new DiscriminatorLearner(network, one.Options(Options));
        var rows = one.Rows();
        var expected = one.Step(learner, rows);
        foreach (var width in Widths)
        {
            var managed = new ManagedLearner(weights, one.Options(Options), one.Seed, threads: 1, width);
            var actual = managed.Step(rows, one.Loss);

            Assert.AreEqual(expected, actual, (one.Config.ModelDimension < 8 ? 1e-3 : 1e-5) * Math.Max(1, expected), $"{width}, {one}");
            foreach (var (name, parameter) in network.named_parameters())
            {
                var gradient = managed.Gradients.Slice(managed.Layout[name], (int)parameter.numel());
                using var reference = parameter.grad!.clone();
                var (difference, norm) = (0.0, 0.0);
                var values = reference.data<float>().ToArray();
                for (var i = 0; i < values.Length; i++)
                {
                    difference += Math.Pow(values[i] - gradient[i], 2);
                    norm += Math.Pow(values[i], 2);
                }

                // A gradient that is 0 but for rounding has no relative error. The norm of fewer than 8 values, which may be nearly
                // equal, makes rounding errors many times larger in every implementation.
                var factor = one.Config.ModelDimension < 8 ? 100 : 1;
                Assert.IsLessThanOrEqualTo(factor * 1e-4 * Math.Sqrt(norm) + 1e-6 * learner.GradientNorm, Math.Sqrt(difference), $"{name}, {width}, {one}");
            }
        }
    }
}
