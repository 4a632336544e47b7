using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The mask that all rows share is an annotation of the combined column and follows it.</summary>
[TestClass]
public sealed class AttentionMaskAnnotationTests
{
    private static readonly VectorDataViewType Shaped = new(NumberDataViewType.Single, 3, 4);
    private static readonly VectorDataViewType Free = new(NumberDataViewType.Single, 0, 4);

    [TestMethod]
    [DataRow(MaskKind.Blocked, false)]
    [DataRow(MaskKind.Blocked, true)]
    [DataRow(MaskKind.Allowed, false)]
    [DataRow(MaskKind.Allowed, true)]
    public void Boolean_mask_is_annotated_where_T_is_known(MaskKind kind, bool padded)
    {
        var schema = Output(View(Shaped, Shaped), options => Configure(options, kind, padded));

        Assert.IsTrue(schema.TryGetAttentionMask("Combined", out bool[]? mask));
        var expected = kind == MaskKind.Blocked ? Reference.Blocked(3, padded ? 5 : null) : Reference.Allowed(3, padded ? 5 : null);
        Expect.Same(expected, mask);
        var width = padded ? 10 : 6;
        Assert.AreEqual(
            new VectorDataViewType(BooleanDataViewType.Instance, width, width), schema["Combined"].Annotations.Schema["AttentionMask"].Type);
        Assert.IsFalse(schema.TryGetAttentionMask("Combined", out float[]? additive));
        Assert.IsNull(additive);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Additive_mask_is_annotated_where_T_is_known(bool padded)
    {
        var schema = Output(View(Shaped, Shaped), options => Configure(options, MaskKind.Additive, padded));

        Assert.IsTrue(schema.TryGetAttentionMask("Combined", out float[]? mask));
        Expect.SameBits(Reference.Additive(3, padded ? 5 : null), mask);
        Assert.IsFalse(schema.TryGetAttentionMask("Combined", out bool[]? flags));
        Assert.IsNull(flags);
    }

    [TestMethod]
    public void Mask_is_annotated_where_one_column_states_T()
    {
        foreach (var view in new[] { View(Shaped, Free), View(Free, Shaped) })
        {
            Assert.IsTrue(Output(view).TryGetAttentionMask("Combined", out bool[]? mask));
            Expect.Same(Reference.Blocked(3), mask);
        }
    }

    [TestMethod]
    public void Mask_annotation_needs_no_mask_column()
    {
        Assert.IsTrue(Output(View(Shaped, Shaped), options => options.MaskColumnName = null).TryGetAttentionMask("Combined", out bool[]? mask));
        Expect.Same(Reference.Blocked(3), mask);
    }

    [TestMethod]
    public void Mask_annotation_is_absent_where_rows_differ_in_T()
    {
        Assert.IsFalse(Output(View(Free, Free)).TryGetAttentionMask("Combined", out bool[]? mask));
        Assert.IsNull(mask);
        Assert.IsFalse(
            Output(View(Free, Free), options => Configure(options, MaskKind.Blocked, padded: true)).TryGetAttentionMask("Combined", out mask),
            "Padded rows are of one size and still have masks of their own.");
    }

    [TestMethod]
    public void TryGetAttentionMask_is_false_for_a_missing_column_and_one_without_a_mask()
    {
        var schema = Output(View(Shaped, Shaped));

        Assert.IsFalse(schema.TryGetAttentionMask("Elsewhere", out bool[]? mask));
        Assert.IsNull(mask);
        Assert.IsFalse(schema.TryGetAttentionMask("Mask", out mask));
        Assert.IsFalse(schema.TryGetAttentionMask(Views.Previous, out mask));
        Assert.IsFalse(schema.TryGetAttentionMask(Views.Previous, out float[]? additive));
        Assert.IsNull(additive);
    }

    [TestMethod]
    public void Annotation_of_another_type_is_not_a_mask()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("AttentionMask", NumberDataViewType.Single, (ref float value) => value = 1);
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Combined", Shaped, annotations.ToAnnotations());

        Assert.IsFalse(builder.ToSchema().TryGetAttentionMask("Combined", out float[]? _));
        Assert.IsFalse(builder.ToSchema().TryGetAttentionMask("Combined", out bool[]? _));
    }

    [TestMethod]
    public void Mask_annotation_follows_the_column_through_later_transforms()
    {
        var context = new MLContext(seed: 1);
        var view = View(Shaped, Shaped);
        var chain = context.Transforms.NextTokenDiscriminator().Append(context.Transforms.CopyColumns("Copy", "Combined")).Fit(view);

        foreach (var schema in new[] { chain.GetOutputSchema(view.Schema), chain.Transform(view).Schema })
        {
            Assert.IsTrue(schema.TryGetAttentionMask("Combined", out bool[]? mask));
            Expect.Same(Reference.Blocked(3), mask);
            Assert.IsTrue(schema.TryGetAttentionMask("Copy", out mask));
            Expect.Same(Reference.Blocked(3), mask);
        }
    }

    [TestMethod]
    public void Every_reader_gets_its_own_copy()
    {
        var schema = Output(View(Shaped, Shaped));

        Assert.IsTrue(schema.TryGetAttentionMask("Combined", out bool[]? first));
        Array.Clear(first);

        Assert.IsTrue(schema.TryGetAttentionMask("Combined", out bool[]? second));
        Expect.Same(Reference.Blocked(3), second);
    }

    [TestMethod]
    public void Null_is_refused_by_parameter_name()
    {
        var schema = Output(View(Shaped, Shaped));

        Assert.AreEqual("schema", Assert.ThrowsExactly<ArgumentNullException>(() => AttentionMaskExtensions.TryGetAttentionMask(null!, "Combined", out bool[]? _)).ParamName);
        Assert.AreEqual("columnName", Assert.ThrowsExactly<ArgumentNullException>(() => schema.TryGetAttentionMask(null!, out float[]? _)).ParamName);
    }

    private static void Configure(NextTokenDiscriminatorEstimator.Options options, MaskKind kind, bool padded)
    {
        options.MaskKind = kind;
        options.PadToMaxTokens = padded;
        options.MaxTokens = 5;
    }

    private static DataViewSchema Output(TestView view, Action<NextTokenDiscriminatorEstimator.Options>? options = null) =>
        Transformers.Fit(view, options).GetOutputSchema(view.Schema);

    private static TestView View(VectorDataViewType previous, VectorDataViewType current) => new TestView(1)
        .Vector(Views.Previous, previous, _ => new float[12])
        .Vector(Views.Current, current, _ => new float[12]);
}
