using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A mask tensor of another meaning is refused: it would leak the label silently.</summary>
[TestClass]
public sealed class MaskTensorTests
{
    private const int Dimension = 4;
    private const int Tokens = 3;
    private const int Side = 2 * Tokens;

    /// <summary>Each way to write a mask wrongly, from the rule's Boolean one (true = may not attend), and what the error says.</summary>
    private static readonly (string Name, Func<Tensor, Tensor> Write, string Phrase)[] Wrong =
    [
        ("Allowed", mask => mask.logical_not(), "as the next-token rule does when inverted. Pass mask.logical_not() where true = may attend (MaskKind.Allowed)"),
        ("Byte", mask => mask.to(ScalarType.Byte), "expected Boolean values (true = may NOT attend)"),
        ("Int32", mask => mask.to(ScalarType.Int32), "found Int32"),
        ("Int64", mask => mask.to(ScalarType.Int64), "found Int64"),
        ("ones block", mask => mask.to(ScalarType.Float32), "found ones and zeros alone"),
        ("zeros block", mask => mask.logical_not().to(ScalarType.Float32), "found ones and zeros alone"),
        ("ones of Half", mask => mask.to(ScalarType.Float16), "found ones and zeros alone"),
        ("inverted, -1e9", mask => Added(mask.logical_not(), -1e9f), "as the next-token rule does when inverted. Exchange the two values"),
        ("inverted, -infinity", mask => Added(mask.logical_not(), float.NegativeInfinity), "when inverted"),
        ("in between", mask => Added(mask, -500), "expected 0, or a bias from -50 to 50, where a query may attend a key, and negative infinity, or at most -10000, where it may not, found -500 for query 0, key "),
        ("NaN", mask => Added(mask, float.NaN), "found NaN for query 0, key "),
    ];

    private static readonly (string Name, Func<Tensor, Tensor> Write)[] Right =
    [
        ("Blocked", mask => mask),
        ("-infinity", mask => Added(mask, float.NegativeInfinity)),
        ("BERT's", mask => Added(mask, -10000)),
        ("Half's least", mask => Added(mask, -65504).to(ScalarType.Float16)),
        ("-1e5", mask => Added(mask, -1e5f)),
        ("-1e9 of Double", mask => Added(mask, -1e9f).to(ScalarType.Float64)),
        ("the least number", mask => Added(mask, float.MinValue)),
        ("the least of BFloat16", mask => Added(mask, float.NegativeInfinity).to(ScalarType.BFloat16)),
        ("nothing blocked", mask => zeros_like(mask, dtype: ScalarType.Float32)),
        ("a bias", mask => Added(mask, float.NegativeInfinity).sub(1.5f)),
    ];

    /// <summary>Of one mask for all rows or one for each, of any padding; on a device by that device's operations too.</summary>
    [TestMethod]
    public void Mask_with_inverted_meaning_is_refused_and_rule_mask_is_accepted() => Property.Check(
        from padded in Gen.Choose(1, 9)
        from tokens in Gen.Choose(1, padded)
        from rows in Gen.Choose(0, 3)
        select (padded, tokens, rows),
        one =>
        {
            using var scope = NewDisposeScope();
            foreach (var (name, write) in Right)
            {
                MaskTensor.Check(Mask(write));
                Assert.IsTrue(name == "nothing blocked" || !MaskTensor.LooksWrong(Mask(write)), name);
            }

            foreach (var (name, write, phrase) in Wrong)
            {
                Expect.Error<ArgumentException>(() => MaskTensor.Check(Mask(write)), "mask: expected ", phrase);
                Assert.IsTrue(name is "Byte" or "Int32" or "Int64" || MaskTensor.LooksWrong(Mask(write)), name);
            }

            Tensor Mask(Func<Tensor, Tensor> write)
            {
                var mask = write(Rule(one.padded, one.tokens));
                // The last row's alone is wrong.
                return one.rows == 0 ? mask : cat([.. Enumerable.Repeat(AsRight(mask, one.padded), one.rows - 1), mask.unsqueeze(0)], 0);
            }
        });

    [TestMethod]
    public void Wrong_mask_of_one_row_is_refused_with_the_row()
    {
        using var scope = NewDisposeScope();
        var (right, wrong) = (Rule(Tokens, Tokens), Rule(Tokens, Tokens).logical_not());

        Expect.Error<ArgumentException>(() => MaskTensor.Check(stack([right, wrong, wrong])), "every candidate (row 1)");
        Expect.Error<ArgumentException>(() => MaskTensor.Check(stack([Added(right, -1e9f), Added(right, -200)])), "found -200 for", "(row 1)");
        Expect.Error<ArgumentException>(() => MaskTensor.Check(wrong.unsqueeze(0).expand(4, Side, Side)), "every candidate");
    }

    /// <summary>Keys of padding hidden from everybody, as PyTorch's key_padding_mask does it: not the rule's own form, and inverted it leaks all the same.</summary>
    [TestMethod]
    public void Inverted_mask_that_blocks_padding_completely_is_refused()
    {
        using var scope = NewDisposeScope();
        // The context's last token; a candidate that is padding still meets itself.
        var mask = Rule(Tokens, Tokens);
        mask.narrow(1, Tokens - 1, 1).fill_(true);

        MaskTensor.Check(mask);
        MaskTensor.Check(Added(mask, -1e4f));
        Expect.Error<ArgumentException>(() => MaskTensor.Check(mask.logical_not()), "when inverted");
        Expect.Error<ArgumentException>(() => MaskTensor.Check(Added(mask.logical_not(), -1e4f)), "when inverted");
    }

    [TestMethod]
    public void Wrong_mask_in_a_forward_or_a_step_is_refused_and_changes_no_weight()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        var sequences = Tensors.Random(new Random(1), 2, Side, Dimension);
        var before = AdversarialSamples.Weights(network);
        foreach (var (name, write, phrase) in Wrong)
        {
            var mask = write(Rule(Tokens, Tokens));
            foreach (var training in new[] { true, false })
            {
                network.train(training);
                Expect.Error<ArgumentException>(() => network.forward(sequences, mask), phrase);
            }

            Expect.Error<ArgumentException>(() => learner.Step(sequences, mask, ones(2)), phrase);
            // A view whose rows do not lie one behind the other.
            Expect.Error<ArgumentException>(() => learner.Step(sequences, stack([mask, mask], 2).select(2, 1), ones(2)), phrase);
        }

        Assert.AreEqual(0, learner.Steps);
        Expect.SameWeights(before, AdversarialSamples.Weights(network));
    }

    [TestMethod]
    public void Large_negative_mask_scores_like_negative_infinity()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        network.eval();
        var sequences = Tensors.Random(new Random(1), 2, Side, Dimension);
        var expected = network.forward(sequences, Rule(Tokens, 2));
        foreach (var value in new[] { -1e4f, -65504f, -1e5f, float.MinValue })
            Tensors.Close(expected, network.forward(sequences, Added(Rule(Tokens, 2), value)), 1e-6, $"{value}");
    }

    private static DiscriminatorNetwork Network() =>
        new(new DiscriminatorConfig { EmbeddingDimension = Dimension, MaxTokens = Tokens, Layers = 1, Dropout = 0 }, seed: 1);

    /// <summary>True where a query may not attend, (2P, 2P).</summary>
    private static Tensor Rule(int padded, int tokens)
    {
        var values = new bool[NextTokenMask.Count(padded)];
        NextTokenMask.Fill(values, tokens, padded);
        return tensor(values, [2 * padded, 2 * padded], dtype: ScalarType.Bool);
    }

    private static Tensor Added(Tensor blocked, float value)
    {
        var values = blocked.data<bool>().ToArray().Select(block => block ? value : 0f).ToArray();
        return tensor(values, blocked.shape);
    }

    private static Tensor AsRight(Tensor mask, int padded)
    {
        var rule = Rule(padded, padded);
        return (mask.dtype == ScalarType.Bool ? rule : Added(rule, float.NegativeInfinity).to(mask.dtype)).unsqueeze(0);
    }
}
