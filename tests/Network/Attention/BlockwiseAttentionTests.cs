using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Blockwise attention equals attention under the rule's dense mask, in values and gradients.</summary>
[TestClass]
public sealed class BlockwiseAttentionTests
{
    private const float Tolerance = 1e-5f;

    [TestMethod]
    public void Values_and_gradients_equal_those_of_the_dense_mask() => Property.Check(
        from tokens in Gen.OneOf(Gen.Choose(1, 200), Gen.Elements(
            BlockwiseAttention.BlockLength - 1, BlockwiseAttention.BlockLength, BlockwiseAttention.BlockLength + 1, 2 * BlockwiseAttention.BlockLength, 2 * BlockwiseAttention.BlockLength + 1))
        from batch in Gen.Choose(1, 3)
        from heads in Gen.Choose(1, 4)
        from size in Gen.Choose(1, 20)
        from onlyCandidates in Gen.Elements(false, true)
        from seed in Gen.Choose(0, int.MaxValue)
        select (tokens, batch, heads, size, onlyCandidates, seed),
        one =>
        {
            using var scope = NewDisposeScope();
            using var masks = new BlockMaskCache();
            var random = new Random(one.seed);
            Tensor Draw(int length) => Tensors.Random(random, one.batch, length, one.heads, one.size);
            var both = 2 * one.tokens;
            var query = Draw(one.onlyCandidates ? one.tokens : both);
            var (key, value) = (Draw(both), Draw(both));
            var weight = Draw((int)query.shape[1]).flatten(2);

            var expected = Run(new EagerAttention(Tensors.RuleMask(one.tokens), new SeededDropout(0, 0)));
            foreach (var form in new IAttentionKernel[] { new BlockwiseAttention(masks), new CpuAttention() })
            {
                var found = Run(form);
                for (var i = 0; i < expected.Length; i++)
                    Tensors.Close(expected[i], found[i], Tolerance, $"{form.GetType().Name}: {new[] { "values", "query", "key", "value" }[i]}");
            }

            Tensor[] Run(IAttentionKernel form)
            {
                var inputs = new[] { query, key, value }.Select(input => input.detach().clone().requires_grad_()).ToArray();
                var (q, k, v) = (inputs[0], inputs[1], inputs[2]);
                var output = one.onlyCandidates
                    ? form.AttendCandidates(
                        stack([q, k.narrow(1, one.tokens, one.tokens), v.narrow(1, one.tokens, one.tokens)], 2),
                        stack([k.narrow(1, 0, one.tokens), v.narrow(1, 0, one.tokens)], 2))
                    : form.AttendBoth(stack([q, k, v], 2));
                output.mul(weight).sum().backward();
                return [output.detach(), .. inputs.Select(input => input.grad!)];
            }
        });

    [TestMethod]
    public void Network_without_a_mask_equals_one_under_the_rule_mask_in_logits_and_gradients() => Property.Check(
        from tokens in Gen.OneOf(Gen.Choose(1, 20), Gen.Elements(BlockwiseAttention.BlockLength, BlockwiseAttention.BlockLength + 1, 2 * BlockwiseAttention.BlockLength + 3))
        from batch in Gen.Choose(1, 3)
        from heads in Gen.Choose(1, 3)
        from layers in Gen.Choose(1, 3)
        from projects in Gen.Elements(false, true)
        from seed in Gen.Choose(0, 1000)
        select (tokens, batch, heads, layers, projects, seed),
        one =>
        {
            using var scope = NewDisposeScope();
            var shape = new DiscriminatorConfig
            {
                EmbeddingDimension = 4 * one.heads,
                ModelDimension = one.projects ? 8 * one.heads : 4 * one.heads,
                MaxTokens = one.tokens,
                Heads = one.heads,
                Layers = one.layers,
                Dropout = 0,
                LearnInitialEmbedding = true,
            };
            using var network = new DiscriminatorNetwork(shape, one.seed);
            var sequences = Tensors.Random(new Random(one.seed), one.batch, 2 * one.tokens, shape.EmbeddingDimension);
            var labels = Tensors.Random(new Random(one.seed), one.batch, one.tokens).gt(0).to(ScalarType.Float32);

            var expected = Run(Tensors.RuleMask(one.tokens));
            var found = Run(null);

            foreach (var (name, value) in expected)
                Tensors.Close(value, found[name], Tolerance, name);

            Dictionary<string, Tensor> Run(Tensor? mask)
            {
                network.zero_grad();
                var input = sequences.clone().requires_grad_();
                var logits = network.forward(input, mask);
                DiscriminatorLoss.BinaryCrossEntropy(logits, labels).backward();
                var all = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone());
                all.Add("logits", logits.detach());
                all.Add("sequences", input.grad!);
                return all;
            }
        },
        count: 40);

    /// <summary>Whatever stands behind a row, its real tokens' logits are the same.</summary>
    [TestMethod]
    public void Right_padding_needs_no_mask()
    {
        using var scope = NewDisposeScope();
        const int padded = BlockwiseAttention.BlockLength + 5;
        using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 8, MaxTokens = padded, Dropout = 0 }, seed: 1);
        network.eval();
        var sequences = Tensors.Random(new Random(1), 1, 2 * padded, 8);
        var (context, candidates) = (sequences.narrow(1, 0, padded), sequences.narrow(1, padded, padded));
        var logits = network.forward(sequences, null);
        foreach (var tokens in new[] { 1, 7, BlockwiseAttention.BlockLength, BlockwiseAttention.BlockLength + 1, padded - 1 })
        {
            var alone = network.forward(cat([context.narrow(1, 0, tokens), candidates.narrow(1, 0, tokens)], 1), null);

            Tensors.Close(alone, logits.narrow(1, 0, tokens), Tolerance, $"{tokens} tokens");
        }
    }

    [TestMethod]
    public void Step_without_a_mask_equals_one_under_the_rule_mask()
    {
        using var scope = NewDisposeScope();
        var sequences = Tensors.Random(new Random(1), 4, 2 * 9, 8);
        var labels = tensor(new[] { 1f, 0f, 1f, 0f });

        var expected = Losses(Tensors.RuleMask(9));
        var found = Losses(null);

        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], Tolerance, $"Step {i}");
        Assert.IsLessThan(expected[0] - 0.05, expected[^1]);

        double[] Losses(Tensor? mask)
        {
            using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 8, MaxTokens = 9, Dropout = 0 }, seed: 1);
            using var learner = new DiscriminatorLearner(network);
            return [.. Enumerable.Range(0, 10).Select(_ => learner.Step(sequences, mask, labels))];
        }
    }
}
