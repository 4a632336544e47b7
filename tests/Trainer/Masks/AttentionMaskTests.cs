namespace MlNetNtd.Tests;

/// <summary>Validation of a mask's values.</summary>
[TestClass]
public sealed class AttentionMaskTests
{
    private const int Tokens = 2;
    private const int Side = 2 * Tokens;

    [TestMethod]
    [DataRow(float.NaN, "NaN")]
    [DataRow(float.PositiveInfinity, "Infinity")]
    [DataRow(-9999f, "-9999")]
    [DataRow(-50.5f, "-50.5")]
    [DataRow(50.5f, "50.5")]
    public void Value_that_cannot_be_added_is_named_with_its_position(float value, string written)
    {
        var mask = Mask(values => values[2 * Side + 1] = value);

        Assert.AreEqual(
            ("0, or a bias from -50 to 50, where a query may attend a key, and negative infinity, or at most -10000, where it may not",
                $"{written} for query 2, key 1"),
            mask.Validate(Reading(flags: false)));
    }

    [TestMethod]
    public void Additive_mask_of_only_ones_and_zeros_is_refused()
    {
        // The next-token rule and a key that nobody may attend, as flags.
        var mask = Mask(values =>
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = AdditiveMask.Blocks(values[i]) || (i % Side == 1 && i / Side != 1) ? 1f : 0f;
        });

        Assert.StartsWith("ones and zeros alone, which block nothing", mask.Validate(Reading(flags: false, said: true))!.Value.Found);
    }

    [TestMethod]
    public void First_self_blocked_query_is_named()
    {
        var mask = Mask(values =>
        {
            foreach (var query in new[] { 1, 3 })
                values[query * Side + query] = float.NegativeInfinity;
        });

        Assert.IsNull(mask.Validate(Reading(flags: true, said: true)), "Where the column says its kind, that is meant.");
        var problem = mask.Validate(Reading(flags: true, said: false))!.Value;
        Assert.AreEqual("a mask under which every query may attend itself", problem.Expected);
        Assert.StartsWith("one that blocks query 1 from itself. It is read as MaskKind.Blocked", problem.Found);
    }

    [TestMethod]
    [DataRow(MaskKind.Blocked, true, "It is read as MaskKind.Blocked, which its annotation says; if its true means the other thing, set MaskKind.Allowed, ")]
    [DataRow(MaskKind.Allowed, true, "It is read as MaskKind.Allowed, which its annotation says; if its true means the other thing, set MaskKind.Blocked, ")]
    [DataRow(MaskKind.Blocked, false, "It is read as MaskKind.Blocked, which the trainer's option says; if its true means the other thing, set MaskKind.Allowed, ")]
    public void Inverted_Boolean_mask_error_names_the_option_to_set(MaskKind kind, bool said, string cure)
    {
        Assert.AreEqual(
            ("a mask that lets candidates see the context before them",
                $"one that follows the next-token rule exactly when inverted. {cure}or say so in the column's annotation AttentionMaskKind, as the transform does."),
            Inverted().Validate(Reading(flags: true, said, kind)));
    }

    /// <summary>Numbers have one meaning: there is no option to set.</summary>
    [TestMethod]
    public void Inverted_additive_mask_error_names_the_annotation_to_set()
    {
        Assert.AreEqual(
            "one that follows the next-token rule exactly when inverted. "
                + "If that is meant, say so by an annotation AttentionMaskKind of the column: Additive.",
            Inverted().Validate(Reading(flags: false))!.Value.Found);
    }

    private static AttentionMask Inverted() => Mask(values =>
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = AdditiveMask.Blocks(values[i]) ? 0f : float.NegativeInfinity;
    });

    private static AttentionMask Mask(Action<float[]> change)
    {
        var values = new float[NextTokenMask.Count(Tokens)];
        NextTokenMask.FillAdditive(values, Tokens, Tokens);
        change(values);
        return AttentionMask.Create(values);
    }

    private static MaskSource Reading(bool flags, bool said = false, MaskKind kind = MaskKind.Blocked) =>
        new() { Kind = kind, IsBoolean = flags, KindIsAnnotated = said, Description = "" };
}
