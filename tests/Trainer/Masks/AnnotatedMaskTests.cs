using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The mask of all rows as an annotation of the sequences without the rule: its values are the mask.</summary>
[TestClass]
public sealed class AnnotatedMaskTests
{
    private const int Tokens = 3;
    private const int Side = 2 * Tokens;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Additive_annotation_is_read_with_known_and_unknown_size(bool known)
    {
        using var scorer = Scorer();
        var view = View(known).Annotate(TransformedCopy.Combined, MaskAnnotationBuilder.Create(NumberDataViewType.Single, Open()));

        ScoresAreUnder(Open(), scorer, view);
    }

    [TestMethod]
    [DataRow(MaskKind.Blocked, MaskKind.Allowed)]
    [DataRow(MaskKind.Allowed, MaskKind.Blocked)]
    public void Kind_annotation_overrides_the_option(MaskKind said, MaskKind option)
    {
        using var scorer = Scorer(option);

        ScoresAreUnder(Open(), scorer, Annotated(Flags(Open(), said), said));
    }

    [TestMethod]
    public void Self_blocked_query_is_refused_unless_the_kind_is_annotated()
    {
        using var scorer = Scorer();
        var mask = Open();
        mask[0] = float.NegativeInfinity;

        ScoresAreUnder(mask, scorer, Annotated(Flags(mask, MaskKind.Blocked), MaskKind.Blocked));
        Expect.Error<ArgumentOutOfRangeException>(
            () => scorer.Transform(Annotated(Flags(mask, MaskKind.Blocked), said: null)),
            "feature column 'Combined': expected in the annotation AttentionMask a mask under which every query may attend itself",
            "got one that blocks query 0 from itself. It is read as MaskKind.Blocked, which the trainer's option says");
    }

    [TestMethod]
    [DataRow(true, 64, "6 * 6")]
    [DataRow(true, 35, "6 * 6")]
    [DataRow(true, 0, "6 * 6")]
    [DataRow(false, 35, "2P * 2P")]
    [DataRow(false, 3, "2P * 2P")]
    [DataRow(false, 0, "2P * 2P")]
    public void Mask_of_another_size_is_refused(bool known, int count, string expected)
    {
        using var scorer = Scorer();
        var annotations = new[] { MaskAnnotationBuilder.Create(NumberDataViewType.Single, new float[count]), MaskAnnotationBuilder.Create(BooleanDataViewType.Instance, new bool[count]) };
        foreach (var annotation in annotations)
        {
            Expect.Error<ArgumentOutOfRangeException>(
                () => scorer.Transform(View(known).Annotate(TransformedCopy.Combined, annotation)),
                $"feature column 'Combined': expected an annotation AttentionMask of {expected} values, got {count}.");
        }
    }

    [TestMethod]
    public void Row_of_another_length_is_named()
    {
        using var scorer = Scorer();
        var view = SequenceView.Of(Tokens, Tokens - 1).Annotate(TransformedCopy.Combined, MaskAnnotationBuilder.Create(NumberDataViewType.Single, Open()));

        Expect.Error<InvalidOperationException>(
            () => scorer.Scores(Ml, view), "Column 'Combined', row 1: expected 2 * 3 embeddings, as the annotation AttentionMask is for, found 2 * 2.");
    }

    [TestMethod]
    public void Annotation_type_that_holds_no_mask_is_refused()
    {
        using var scorer = Scorer();
        using var additive = Scorer(MaskKind.Additive);

        Refused(scorer, MaskAnnotationBuilder.Create(NumberDataViewType.Double, new double[Side * Side]),
            "expected the annotation AttentionMask, Vector<Boolean> or, to be added to the scores, Vector<Single>, as MaskColumnName is null, got Vector<Double");
        Refused(additive, MaskAnnotationBuilder.Create(BooleanDataViewType.Instance, Flags(Open(), MaskKind.Blocked)),
            "expected the annotation AttentionMask, Vector<Single>, as MaskColumnName is null, got Vector<Boolean");
    }

    [TestMethod]
    public void Kind_that_does_not_fit_the_type_is_refused()
    {
        using var scorer = Scorer();

        Refused(scorer, MaskAnnotationBuilder.Create(NumberDataViewType.Single, Open(), MaskKind.Blocked),
            "expected a mask of Boolean, as its annotation AttentionMaskKind says Blocked, got Single. Have the transform write the kind");
        Refused(scorer, MaskAnnotationBuilder.Create(BooleanDataViewType.Instance, new bool[Side * Side], MaskKind.Additive),
            "expected a mask of Single, as its annotation AttentionMaskKind says Additive, got Boolean. Have the transform write the kind");
    }

    [TestMethod]
    public void Log_says_whether_the_mask_follows_the_rule()
    {
        var rule = new float[Side * Side];
        NextTokenMask.FillAdditive(rule, Tokens, Tokens);

        Assert.AreEqual("the annotation AttentionMask of column 'Combined'", Source(Open()));
        Assert.AreEqual("the annotation AttentionMask of column 'Combined', whose values follow the next-token rule", Source(rule));

        static string Source(float[] mask) => BoundInputColumns.Bind(
            Ml, new InputColumnNames { Feature = TransformedCopy.Combined, Mask = null, TokenCount = null, MaskKind = MaskKind.Blocked }, label: null,
            Samples.Dimension, View(known: true).Annotate(TransformedCopy.Combined, MaskAnnotationBuilder.Create(NumberDataViewType.Single, mask)).Schema).Mask.Description;
    }

    private static void Refused(NextTokenDiscriminatorScorer scorer, DataViewSchema.Annotations annotations, string phrase) =>
        Expect.Error<ArgumentOutOfRangeException>(
            () => scorer.Transform(View(known: true).Annotate(TransformedCopy.Combined, annotations)), $"feature column 'Combined': {phrase}");

    private static void ScoresAreUnder(float[] mask, NextTokenDiscriminatorScorer scorer, TestView view)
    {
        using var scope = NewDisposeScope();
        using var network = scorer.CreateNetwork();
        var found = scorer.Scores(Ml, view);
        var sequences = view.GetColumn<float[]>(TransformedCopy.Combined).ToArray();

        Assert.HasCount(sequences.Length, found);
        for (var row = 0; row < sequences.Length; row++)
        {
            var expected = network.forward(tensor(sequences[row], [1, Side, Samples.Dimension]), tensor(mask, [Side, Side]));
            Expect.Close(expected.data<float>().ToArray(), found[row].TokenScores);
        }
    }

    // Candidates meet the whole context, and it itself: not the rule.
    private static float[] Open() =>
        [.. Enumerable.Range(0, Side * Side).Select(i => i % Side < Tokens || i % Side == i / Side ? 0f : float.NegativeInfinity)];

    private static bool[] Flags(float[] mask, MaskKind kind) => Array.ConvertAll(mask, value => AdditiveMask.Blocks(value) == (kind == MaskKind.Blocked));

    private static TestView Annotated(bool[] flags, MaskKind? said) => View(known: true).Annotate(
        TransformedCopy.Combined, MaskAnnotationBuilder.Create(BooleanDataViewType.Instance, flags, said));

    private static TestView View(bool known) => known ? SequenceView.OfKnownSize(3, Tokens) : SequenceView.Of(Tokens, Tokens, Tokens);

    private static NextTokenDiscriminatorScorer Scorer(MaskKind option = MaskKind.Blocked) =>
        Trainers.Untrained(Ml, options => (options.MaskColumnName, options.MaskKind) = (null, option));
}
