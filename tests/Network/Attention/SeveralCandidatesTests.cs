using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Attention and the network with several candidates of each token.</summary>
[TestClass]
public sealed class SeveralCandidatesTests
{
    private const float Tolerance = 1e-5f;

    [TestMethod]
    public void Kernels_equal_the_dense_mask_in_values_and_gradients() => Property.Check(
        from tokens in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(60, 80))
        from candidates in Gen.Choose(1, 6)
        from batch in Gen.Choose(1, 2)
        from heads in Gen.Choose(1, 3)
        from size in Gen.Choose(1, 12)
        from onlyCandidates in Gen.Elements(false, true)
        from seed in Gen.Choose(0, int.MaxValue)
        select (tokens, candidates, batch, heads, size, onlyCandidates, seed),
        one =>
        {
            using var scope = NewDisposeScope();
            using var masks = new BlockMaskCache();
            var random = new Random(one.seed);
            var (count, positions) = (one.candidates * one.tokens, (1 + one.candidates) * one.tokens);
            var query = Draw(one.onlyCandidates ? count : positions);
            var (key, value) = (Draw(positions), Draw(positions));
            var weight = Draw((int)query.shape[1]).flatten(2);

            var expected = Run(new EagerAttention(RuleMask(one.tokens, one.candidates), new SeededDropout(0, 0), one.candidates));
            IAttentionKernel[] kernels =
            [
                new BlockwiseAttention(masks, one.candidates), new CpuAttention(one.candidates), new FusedAttention(RuleMask(one.tokens, one.candidates), one.candidates),
            ];
            foreach (var kernel in kernels)
            {
                var found = Run(kernel);
                for (var i = 0; i < expected.Length; i++)
                    Tensors.Close(expected[i], found[i], Tolerance, $"{kernel.GetType().Name}: {new[] { "values", "query", "key", "value" }[i]}");
            }

            Tensor Draw(int length) => Tensors.Random(random, one.batch, length, one.heads, one.size);

            Tensor[] Run(IAttentionKernel kernel)
            {
                var inputs = new[] { query, key, value }.Select(input => input.detach().clone().requires_grad_()).ToArray();
                var (q, k, v) = (inputs[0], inputs[1], inputs[2]);
                var output = one.onlyCandidates
                    ? kernel.AttendCandidates(
                        stack([q, k.narrow(1, one.tokens, count), v.narrow(1, one.tokens, count)], 2),
                        stack([k.narrow(1, 0, one.tokens), v.narrow(1, 0, one.tokens)], 2))
                    : kernel.AttendBoth(stack([q, k, v], 2));
                output.mul(weight).sum().backward();
                return [output.detach(), .. inputs.Select(input => input.grad!)];
            }
        });

    [TestMethod]
    public void Candidates_together_have_the_logits_of_each_set_alone() => Property.Check(
        from tokens in Gen.Choose(1, 12)
        from candidates in Gen.Choose(2, 5)
        from layers in Gen.Choose(1, 3)
        from masked in Gen.Elements(false, true)
        from seed in Gen.Choose(0, 1000)
        select (tokens, candidates, layers, masked, seed),
        one =>
        {
            using var scope = NewDisposeScope();
            using var network = Network(one.tokens, one.layers, one.seed);
            network.eval();
            var (sequences, sets) = Draw(one.tokens, one.candidates, one.seed);

            var together = network.forward(sequences, one.masked ? RuleMask(one.tokens, one.candidates) : null, one.candidates);

            for (var k = 0; k < one.candidates; k++)
                Tensors.Close(network.forward(sets[k], null), together.view(2, one.tokens, one.candidates).select(2, k), Tolerance, $"set {k}");
        });

    [TestMethod]
    public void Gradients_of_the_sum_are_the_sum_of_the_sets_gradients()
    {
        using var scope = NewDisposeScope();
        using var network = Network(tokens: 7, layers: 2, seed: 3);
        var (sequences, sets) = Draw(tokens: 7, candidates: 3, seed: 3);

        network.forward(sequences, null, 3).sum().backward();
        var together = network.parameters().Select(parameter => parameter.grad!.clone()).ToArray();
        network.zero_grad();
        foreach (var set in sets)
            network.forward(set, null).sum().backward();

        foreach (var (parameter, sum) in network.parameters().Zip(together))
            Tensors.Close(parameter.grad!, sum, 1e-4, "gradient");
    }

    [TestMethod]
    public void Second_derivative_exists()
    {
        using var scope = NewDisposeScope();
        using var network = Network(tokens: 4, layers: 2, seed: 1);
        var input = Draw(tokens: 4, candidates: 2, seed: 1).Sequences.requires_grad_();

        var gradient = autograd.grad([network.forward(input, null, 2).sum()], [input], retain_graph: true, create_graph: true)[0];
        gradient.square().sum().backward();

        Assert.IsGreaterThan(0f, input.grad!.abs().max().item<float>());
    }

    [TestMethod]
    public void Invalid_shapes_and_labels_are_errors_that_name_them()
    {
        using var scope = NewDisposeScope();
        using var network = Network(tokens: 4, layers: 1, seed: 1);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { CandidatesPerToken = 2, LossKind = LossKind.RankingNce });
        var labels = zeros(1, 4);
        labels[0, 0] = 1;

        Assert.StartsWith("sequences: expected (B, 3 * T, 6), found (1, 4, 6).", Assert.ThrowsExactly<ArgumentException>(() => network.forward(zeros(1, 4, 6), null, 2)).Message);
        Assert.StartsWith("candidatesPerToken: expected 1 to 1024 candidates, found 0.", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => network.forward(zeros(1, 4, 6), null, 0)).Message);
        Assert.StartsWith(
            "labels: expected exactly one true candidate of 2 (LossKind.RankingNce), found 0, 0 in row 0, token 1.",
            Assert.ThrowsExactly<ArgumentException>(() => learner.Step(zeros(1, 6, 6), null, labels)).Message);
        Assert.StartsWith(
            "labels: expected a label per candidate, (B, T * 2), as LossKind.RankingNce needs, found (1).",
            Assert.ThrowsExactly<ArgumentException>(() => learner.Step(zeros(1, 6, 6), null, ones(1))).Message);
        Assert.StartsWith(
            "LossKind: RankingNce needs at least 2 candidates of each token (CandidatesPerToken), found 1.",
            Assert.ThrowsExactly<ArgumentException>(() => new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LossKind = LossKind.RankingNce })).Message);
    }

    [TestMethod]
    public void Ranking_loss_is_the_cross_entropy_of_a_softmax_over_the_candidates_of_real_tokens()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1f, 2, 3, 0, 0, 0, 9, 9, 9, 1, 1, 1 }, [2, 6]);
        var labels = tensor(new[] { 0f, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0 }, [2, 6]);

        var loss = DiscriminatorLoss.RankingNce(logits, labels, 3, tensor(new[] { 1f, 1, 1, 0 }, [2, 2]), tensor(new[] { 1f, 3 }));

        var first = -Math.Log(Math.Exp(3) / (Math.Exp(1) + Math.Exp(2) + Math.Exp(3)));
        Assert.AreEqual((first + Math.Log(3) + 3 * Math.Log(3)) / 5, loss.item<float>(), 1e-6);
    }

    /// <summary>The rule as a dense additive mask, (T + T * K, T + T * K).</summary>
    private static Tensor RuleMask(int tokens, int candidates)
    {
        var values = new float[NextTokenMask.Count(tokens, candidates)];
        NextTokenMask.FillAdditive(values, tokens, tokens, candidates);
        var side = (1 + candidates) * tokens;
        return tensor(values, [side, side]);
    }

    private static DiscriminatorNetwork Network(int tokens, int layers, int seed) => new(
        new DiscriminatorConfig { EmbeddingDimension = 6, MaxTokens = tokens, ModelDimension = 16, Heads = 2, Layers = layers, Dropout = 0, LearnInitialEmbedding = true }, seed);

    // Two rows with K candidates for each token, and the same rows with each set of candidates alone.
    private static (Tensor Sequences, Tensor[] Sets) Draw(int tokens, int candidates, int seed)
    {
        var random = new Random(seed);
        var context = Tensors.Random(random, 2, tokens, 6);
        var all = Tensors.Random(random, 2, tokens, candidates, 6);
        return (
            cat([context, all.flatten(1, 2)], 1),
            [.. Enumerable.Range(0, candidates).Select(k => cat([context, all.select(2, k)], 1))]);
    }
}
