using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Scores do not depend on the form of the mask.</summary>
[TestClass]
public sealed class MaskKindTests
{
    [TestMethod]
    [DataRow(MaskKind.Allowed, false)]
    [DataRow(MaskKind.Additive, false)]
    [DataRow(MaskKind.Blocked, true)]
    [DataRow(MaskKind.Allowed, true)]
    [DataRow(MaskKind.Additive, true)]
    public void Scores_are_the_same_for_every_mask_kind(MaskKind kind, bool asAnnotation)
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.View(context, 40);
        var blocked = Trainers.Small(context).Fit(Trainers.Transformed(context, rows));
        var expected = blocked.Scores(context, Trainers.Transformed(context, rows));

        var view = Trainers.Transformed(context, rows, options =>
        {
            options.MaskKind = kind;
            options.MaskColumnName = asAnnotation ? null : "Mask";
        });
        using var other = Trainers.Small(context, options =>
        {
            // A mask of Single is additive whatever is said of Boolean ones.
            options.MaskKind = kind == MaskKind.Additive && !asAnnotation ? MaskKind.Blocked : kind;
            options.MaskColumnName = asAnnotation ? null : "Mask";
        }).Fit(view);

        Expect.SameWeights(blocked.Weights(), other.Weights());
        Expect.Close(expected, other.Scores(context, view));
    }

    [TestMethod]
    public void Least_float_blocks_like_negative_infinity()
    {
        var values = new float[16];
        NextTokenMask.FillAdditive(values, tokens: 1, paddedTokens: 2);
        var least = Array.ConvertAll(values, value => float.IsNegativeInfinity(value) ? float.MinValue : value);

        Assert.AreEqual(1, AttentionMask.Create(values).RealTokens);
        Assert.AreEqual(1, AttentionMask.Create(least).RealTokens);
        Assert.IsNull(AttentionMask.Create(least).Problem);
    }

    [TestMethod]
    public void Rows_with_equal_masks_share_one()
    {
        var table = new MaskInterner();
        var values = new float[36];
        NextTokenMask.FillAdditive(values, tokens: 3, paddedTokens: 3);
        var first = table.Intern(values);

        Assert.AreSame(first, table.Intern((float[])values.Clone()));
        NextTokenMask.FillAdditive(values, tokens: 2, paddedTokens: 3);
        Assert.AreNotSame(first, table.Intern(values));
        Assert.AreEqual(3, first.RealTokens);
        Assert.AreSame(first, table.Intern(first.Values));
    }

    /// <summary>As many as there may be, each as it was; with one more, all are made anew.</summary>
    [TestMethod]
    public void Interner_keeps_256_masks()
    {
        var table = new MaskInterner();
        var masks = Enumerable.Range(1, 256).Select(number => table.Intern([0, 0, number, 0])).ToArray();

        foreach (var mask in masks)
            Assert.AreSame(mask, table.Intern(mask.Values));
        table.Intern([0, 0, 257, 0]);
        Assert.AreNotSame(masks[0], table.Intern(masks[0].Values));
    }

    [TestMethod]
    public void Interner_does_not_keep_a_million_masks()
    {
        var table = new MaskInterner();
        var values = new float[4];
        var first = table.Intern(values);
        for (var i = 1; i <= 1000; i++)
            table.Intern([0, 0, i, 0]);

        Assert.AreNotSame(first, table.Intern(values));
    }
}
