using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Values of an additive mask that block: those that softmax turns into 0.</summary>
[TestClass]
public sealed class AdditiveMaskTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(float.NegativeInfinity, true, true)]
    [DataRow(float.MinValue, true, true)]
    [DataRow(-65504f, true, true)]
    [DataRow(-1e4f, true, true)]
    [DataRow(-9999.999f, false, false)]
    [DataRow(-50.00001f, false, false)]
    [DataRow(-50f, false, true)]
    [DataRow(0f, false, true)]
    [DataRow(50f, false, true)]
    [DataRow(50.00001f, false, false)]
    [DataRow(float.PositiveInfinity, false, false)]
    [DataRow(float.NaN, false, false)]
    public void Value_blocks_or_is_a_bias_or_is_unclear(float value, bool blocks, bool isClear)
    {
        Assert.AreEqual(blocks, AdditiveMask.Blocks(value));
        // At each place, of lengths that fill the processor's registers and that do not.
        foreach (var length in new[] { 1, 7, 16, 33 })
        {
            for (var place = 0; place < length; place++)
            {
                var values = new float[length];
                values[place] = value;
                Assert.AreEqual(isClear ? -1 : place, AdditiveMask.IndexOfUnclear(values));
                Assert.AreEqual(blocks && float.IsFinite(value), AdditiveMask.HasFiniteBlocking(values));
            }
        }
    }

    /// <summary>Also mixed ones, as where a causal mask and one of padding are added up.</summary>
    [TestMethod]
    public void Mask_that_follows_the_rule_is_read_as_the_rule_whatever_value_blocks() => Property.Check(
        from padded in Gen.Choose(1, 6)
        from tokens in Gen.Choose(1, padded)
        from blocking in Gen.Elements(-1e4f, -65504f, -1e5f, -1e9f, float.MinValue, float.NegativeInfinity)
        from other in Gen.Elements(-2e4f, float.NegativeInfinity)
        select (padded, tokens, blocking, other),
        one =>
        {
            var values = new float[NextTokenMask.Count(one.padded)];
            NextTokenMask.FillAdditive(values, one.tokens, one.padded);
            for (var i = 0; i < values.Length; i++)
                values[i] = AdditiveMask.Blocks(values[i]) ? i % 3 == 0 ? one.other : one.blocking : values[i];

            var read = new MaskInterner().Read(values, one.padded);

            Assert.IsNull(read.Mask);
            Assert.AreEqual(one.tokens, read.RealTokens);
        });

    [TestMethod]
    public void Other_mask_is_kept_with_negative_infinity_where_it_blocks()
    {
        // Each query sees itself alone, and candidate 0 the first position.
        float[] values = [0, -1e4f, -2e4f, -1e4f, -1e4f, 0, -1e4f, -1e4f, 1, -1e4f, 0, -1e4f, -1e4f, -1e4f, -1e4f, 0];

        var read = new MaskInterner().Read(values, 2);

        Assert.AreEqual(1, read.RealTokens);
        CollectionAssert.AreEqual(values.Select(value => value <= -1e4f ? float.NegativeInfinity : value).ToArray(), read.Mask!.Values);
    }

    /// <summary>A row's score depended on what stands in its padding: that counted as tokens.</summary>
    [TestMethod]
    [DataRow(-10000f)]
    [DataRow(-65504f)]
    [DataRow(-1e5f)]
    public void Padding_under_a_large_negative_mask_counts_as_no_token(float blocked)
    {
        using var scorer = Trainers.Untrained(Ml);
        var expected = scorer.Scores(Ml, View(float.NegativeInfinity, 0));

        foreach (var padding in new[] { 0f, 3f })
        {
            var found = scorer.Scores(Ml, View(blocked, padding));
            Assert.AreEqual(2, found[0].TokenScores.Count(score => !float.IsNaN(score)));
            Assert.AreEqual(expected[0].Score, found[0].Score, 1e-6f);
        }
    }

    [TestMethod]
    public void Value_in_between_is_named_with_its_row_and_position()
    {
        using var scorer = Trainers.Untrained(Ml);

        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, View(-500, 0)),
            "Column 'Mask', row 0: expected 0, or a bias from -50 to 50, where a query may attend a key, and negative infinity, or at most -10000, "
            + "where it may not, found -500 for query 0, key 1.");
    }

    // A row of two tokens, padded to three.
    private static TestView View(float blocked, float padding)
    {
        const int Padded = 3, Width = Samples.Dimension;
        var mask = new float[NextTokenMask.Count(Padded)];
        NextTokenMask.FillAdditive(mask, 2, Padded);
        var values = Samples.Values(new Random(1), 2 * Padded * Width);
        foreach (var half in new[] { 0, Padded })
            values.AsSpan((half + 2) * Width, Width).Fill(padding);
        return new TestView(1)
            .Vector(TransformedCopy.Combined, new VectorDataViewType(NumberDataViewType.Single, 2 * Padded, Width), _ => values)
            .Vector(
                TransformedCopy.Mask, new VectorDataViewType(NumberDataViewType.Single, 2 * Padded, 2 * Padded),
                _ => Array.ConvertAll(mask, value => AdditiveMask.Blocks(value) ? blocked : value));
    }
}
