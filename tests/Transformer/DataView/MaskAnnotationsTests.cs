using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Mask annotations of a column as a reader understands them.</summary>
[TestClass]
public sealed class MaskAnnotationsTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Written_annotations_are_read()
    {
        foreach (var kind in Enum.GetValues<MaskKind>().Select(kind => (MaskKind?)kind).Append(null))
        {
            foreach (var rule in Enum.GetValues<MaskRule>().Select(rule => (MaskRule?)rule).Append(null))
            {
                foreach (int? tokens in new int?[] { 7, null })
                {
                    var facts = new MaskAnnotations(kind, rule, tokens);
                    Assert.AreEqual(facts, Of(facts.AddTo));
                }
            }
        }
    }

    [TestMethod]
    public void Undefined_kind_is_refused_with_the_valid_kinds()
    {
        const string Expected = "Schema mismatch for mask column 'Column': expected an annotation AttentionMaskKind of Blocked, Allowed, Additive, got ";

        Expect.Error<ArgumentOutOfRangeException>($"{Expected}Other.", () => Of(annotations => Add(annotations, AttentionMaskAnnotation.KindName, "Other")));
        Expect.Error<ArgumentOutOfRangeException>($"{Expected}0.", () => Of(annotations => Add(annotations, AttentionMaskAnnotation.KindName, "0")));
        Expect.Error<ArgumentOutOfRangeException>($"{Expected}none of these.", () => Of(annotations =>
            annotations.Add(AttentionMaskAnnotation.KindName, NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = 1))));
    }

    [TestMethod]
    public void Unknown_rule_or_count_annotation_is_ignored() => Assert.AreEqual(default, Of(annotations =>
    {
        Add(annotations, AttentionMaskAnnotation.RuleName, "1");
        Add(annotations, AttentionMaskAnnotation.TokensName, "7");
    }));

    [TestMethod]
    public void Count_annotation_names_its_column()
    {
        var column = Column(MaskAnnotations.TokenCountAnnotation("Joined"));

        Assert.IsTrue(MaskAnnotations.IsTokenCountOf(column, "Joined"));
        Assert.IsFalse(MaskAnnotations.IsTokenCountOf(column, "Other"));
        Assert.IsFalse(MaskAnnotations.IsTokenCountOf(Column(new DataViewSchema.Annotations.Builder().ToAnnotations()), "Joined"));
    }

    private static MaskAnnotations Of(Action<DataViewSchema.Annotations.Builder> add)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        add(annotations);
        return MaskAnnotations.Read(Ml, "mask", Column(annotations.ToAnnotations()));
    }

    private static DataViewSchema.Column Column(DataViewSchema.Annotations annotations)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Column", NumberDataViewType.Int32, annotations);
        return schema.ToSchema()[0];
    }

    private static void Add(DataViewSchema.Annotations.Builder annotations, string name, string text) =>
        annotations.Add(name, TextDataViewType.Instance, (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = text.AsMemory()));
}
