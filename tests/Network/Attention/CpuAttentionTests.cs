using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The managed attention kernel for short rows: supported sizes, gradients and large scores.</summary>
[TestClass]
public sealed class CpuAttentionTests
{
    private const int Tokens = 7;

    /// <summary>Expanded: none of them has the memory that it seems to have.</summary>
    [TestMethod]
    [DataRow(1, 1024, 1, true)]
    [DataRow(1, 1026, 1, false)]
    [DataRow(89_478_485, 2, 1, true)]
    [DataRow(89_478_486, 2, 1, false)]
    public void Kernel_supports_rows_of_up_to_512_tokens_whose_projections_fit_a_span(int rows, int positions, int width, bool expected)
    {
        using var scope = NewDisposeScope();

        Assert.AreEqual(expected, CpuAttention.IsSupported(zeros(1, 1, 1).expand(rows, positions, width)));
        Assert.IsFalse(CpuAttention.IsSupported(zeros(1, 1, 1, dtype: ScalarType.BFloat16).expand(rows, positions, width)));
    }

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void Gradients_are_computed_only_for_inputs_that_require_them(bool ofCandidates, bool ofContext)
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var (candidates, context) = (Tensors.Random(random, 2, Tokens, 3, 2, 5), Tensors.Random(random, 2, Tokens, 2, 2, 5));
        var weight = Tensors.Random(random, 2, Tokens, 10);
        var expected = Run(new EagerAttention(Tensors.RuleMask(Tokens), new SeededDropout(0, 0)));

        var found = Run(new CpuAttention());

        Same(expected.Candidates, found.Candidates, ofCandidates, "candidates");
        Same(expected.Context, found.Context, ofContext, "context");

        (Tensor? Candidates, Tensor? Context) Run(IAttentionKernel form)
        {
            var own = candidates.detach().clone().requires_grad_(ofCandidates);
            var seen = context.detach().clone().requires_grad_(ofContext);
            form.AttendCandidates(own, seen).mul(weight).sum().backward();
            return (own.grad, seen.grad);
        }

        static void Same(Tensor? expected, Tensor? found, bool asked, string what)
        {
            Assert.AreEqual(asked, found is not null, what);
            if (asked)
                Tensors.Close(expected!, found!, 1e-5, what);
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Result_has_no_graph_where_gradients_are_off(bool asked)
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var candidates = Tensors.Random(random, 2, Tokens, 3, 2, 5).requires_grad_(asked);
        var both = Tensors.Random(random, 2, 2 * Tokens, 3, 2, 5).requires_grad_(asked);
        var context = Tensors.Random(random, 2, Tokens, 2, 2, 5);
        using var mode = asked ? no_grad() : enable_grad();

        Assert.IsFalse(new CpuAttention().AttendCandidates(candidates, context).requires_grad);
        Assert.IsFalse(new CpuAttention().AttendBoth(both).requires_grad);
    }

    /// <summary>The largest of a query's scores is far from the others, whichever key it is of, and of either sign.</summary>
    [TestMethod]
    [DataRow(1e4f)]
    [DataRow(-1e4f)]
    public void Large_scores_give_finite_probabilities_at_every_position(float score)
    {
        using var scope = NewDisposeScope();
        const int tokens = 20;
        for (var place = 0; place < tokens; place++)
        {
            var parts = Tensors.Random(new Random(place), 1, 2 * tokens, 3, 1, 4);
            parts.narrow(2, 0, 1).fill_(1f);
            parts.narrow(2, 1, 1).narrow(1, place, 1).fill_(score / 2);
            using var masks = new BlockMaskCache();

            var expected = new BlockwiseAttention(masks).AttendBoth(parts);
            var found = new CpuAttention().AttendBoth(parts);

            Tensors.Close(expected, found, 1e-4, $"Key {place}");
            Assert.IsTrue(found.isfinite().all().item<bool>(), $"Key {place}");
        }
    }

    /// <summary>Of 1,024 tokens and more, blocks are larger; the last of them is not whole. The managed way knows no blocks.</summary>
    [TestMethod]
    public void Rows_computed_in_blocks_equal_those_computed_at_once()
    {
        using var scope = NewDisposeScope();
        using var masks = new BlockMaskCache();
        const int tokens = 1060;
        var both = Tensors.Random(new Random(1), 1, 2 * tokens, 3, 1, 2);

        Tensors.Close(new CpuAttention().AttendBoth(both), new BlockwiseAttention(masks).AttendBoth(both), 1e-5, "both halves");
    }
}
