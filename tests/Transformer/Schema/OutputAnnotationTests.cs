using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The mask annotations of the transform's columns follow the columns.</summary>
[TestClass]
public sealed class OutputAnnotationTests
{
    private static readonly VectorDataViewType Shaped = new(NumberDataViewType.Single, 3, 4);
    private static readonly VectorDataViewType Free = new(NumberDataViewType.Single, 0, 4);
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(MaskKind.Blocked)]
    [DataRow(MaskKind.Allowed)]
    [DataRow(MaskKind.Additive)]
    public void Both_columns_state_the_mask_kind(MaskKind kind)
    {
        var schema = Output(Shaped, options => options.MaskKind = kind);

        Assert.AreEqual($"AttentionMaskKind = {kind}, AttentionMaskRule = NextToken, AttentionMaskTokens = 3", Said(schema["Mask"]));
        Assert.AreEqual($"AttentionMaskKind = {kind}, AttentionMaskRule = NextToken, AttentionMaskTokens = 3", Said(schema["Combined"]));
    }

    [TestMethod]
    public void Combined_column_of_variable_length_states_only_the_rule()
    {
        var schema = Output(Free, options => options.MaskKind = MaskKind.Allowed);

        Assert.AreEqual("AttentionMaskKind = Allowed, AttentionMaskRule = NextToken", Said(schema["Mask"]));
        Assert.AreEqual("AttentionMaskRule = NextToken", Said(schema["Combined"]));
    }

    /// <summary>Where the type says no length, what is learned from some rows has to know how long others may be.</summary>
    [TestMethod]
    public void Combined_column_of_variable_length_states_MaxTokens()
    {
        Assert.AreEqual(512, MaxTokens(Output(Free)));
        Assert.AreEqual(9, MaxTokens(Output(Free, options => options.MaxTokens = 9)));
        Assert.IsNull(MaxTokens(Output(Shaped)), "The type says it.");
        Assert.IsNull(MaxTokens(Output(Free, Pad)), "The type says it.");

        static int? MaxTokens(DataViewSchema schema)
        {
            if (schema["Combined"].Annotations.Schema.GetColumnOrNull(AttentionMaskAnnotation.MaxTokensName) is null)
                return null;
            var value = 0;
            schema["Combined"].Annotations.GetValue(AttentionMaskAnnotation.MaxTokensName, ref value);
            return value;
        }
    }

    [TestMethod]
    public void Padding_is_annotated()
    {
        Assert.AreEqual("AttentionMaskRule = PaddedNextToken", Said(Output(Free, Pad)["Combined"]));
        Assert.AreEqual("AttentionMaskKind = Blocked, AttentionMaskRule = PaddedNextToken", Said(Output(Free, Pad)["Mask"]));
        Assert.AreEqual("AttentionMaskKind = Blocked, AttentionMaskRule = PaddedNextToken, AttentionMaskTokens = 3", Said(Output(Shaped, Pad)["Mask"]));
    }

    [TestMethod]
    public void Padding_to_the_common_length_is_not_annotated() => Assert.AreEqual(
        "AttentionMaskKind = Blocked, AttentionMaskRule = NextToken, AttentionMaskTokens = 3",
        Said(Output(Shaped, options => (options.PadToMaxTokens, options.MaxTokens) = (true, 3))["Mask"]));

    [TestMethod]
    public void Token_count_names_its_column() => Assert.AreEqual(
        "TokenCountOf = Joined",
        Said(Output(Free, options => (options.OutputColumnName, options.TokenCountColumnName) = ("Joined", "Count"))["Count"]));

    [TestMethod]
    public void Annotations_follow_copies_and_not_derived_columns()
    {
        var view = Transformers.Fit(View(Shaped)).Transform(View(Shaped));
        var chain = Ml.Transforms.CopyColumns("Copy", "Mask")
            .Append(Ml.Transforms.Concatenate("Alone", "Combined"))
            .Append(Ml.Transforms.Concatenate("Both", "Combined", "Combined"))
            .Append(Ml.Transforms.Conversion.ConvertType("Converted", "Mask", DataKind.Single));
        var schema = chain.Fit(view).Transform(view).Schema;

        Assert.AreEqual(Said(view.Schema["Mask"]), Said(schema["Copy"]));
        Assert.AreEqual(Said(view.Schema["Combined"]), Said(schema["Alone"]));
        Assert.AreEqual("", Said(schema["Both"]));
        Assert.AreEqual("", Said(schema["Converted"]));
    }

    [TestMethod]
    public void Annotations_are_saved_with_a_schema_and_with_rows()
    {
        var view = Transformers.Fit(View(Shaped), Pad).Transform(View(Shaped));
        var copy = Ml.Transforms.CopyColumns("Copy", "Mask").Fit(view);
        using var file = new TemporaryFile();

        Ml.Model.Save(copy, view.Schema, file.Path);
        new MLContext().Model.Load(file.Path, out var schema);
        Assert.AreEqual(Said(view.Schema["Mask"]), Said(schema["Mask"]));
        Assert.AreEqual(Said(view.Schema["Combined"]), Said(schema["Combined"]));

        using (var stream = File.Create(file.Path))
            Ml.Data.SaveAsBinary(view, stream);
        var loaded = new MLContext().Data.LoadFromBinary(file.Path).Schema;
        Assert.AreEqual(Said(view.Schema["Mask"]), Said(loaded["Mask"]));
        Assert.AreEqual(Said(view.Schema["Combined"]), Said(loaded["Combined"]));
    }

    [TestMethod]
    public void Loaded_transform_writes_the_same_annotations()
    {
        using var stage = Transformers.Fit(View(Free), Pad);
        using var file = new TemporaryFile();
        Ml.Model.Save(stage, View(Free).Schema, file.Path);

        var loaded = new MLContext().Model.Load(file.Path, out _).GetOutputSchema(View(Free).Schema);

        Assert.AreEqual(SchemaText.Of(stage.GetOutputSchema(View(Free).Schema)), SchemaText.Of(loaded));
    }

    private static void Pad(NextTokenDiscriminatorEstimator.Options options) => (options.PadToMaxTokens, options.MaxTokens) = (true, 5);

    private static string Said(DataViewSchema.Column column)
    {
        var schema = column.Annotations.Schema;
        List<string> said = [];
        foreach (var name in new[] { AttentionMaskAnnotation.KindName, AttentionMaskAnnotation.RuleName, AttentionMaskAnnotation.TokenCountOfName })
        {
            if (schema.GetColumnOrNull(name) is null)
                continue;
            var text = default(ReadOnlyMemory<char>);
            column.Annotations.GetValue(name, ref text);
            said.Add($"{name} = {text}");
        }

        if (schema.GetColumnOrNull(AttentionMaskAnnotation.TokensName) is not null)
        {
            var tokens = 0;
            column.Annotations.GetValue(AttentionMaskAnnotation.TokensName, ref tokens);
            said.Add($"{AttentionMaskAnnotation.TokensName} = {tokens}");
        }

        return string.Join(", ", said);
    }

    private static DataViewSchema Output(VectorDataViewType type, Action<NextTokenDiscriminatorEstimator.Options>? options = null) =>
        Transformers.Fit(View(type), options).GetOutputSchema(View(type).Schema);

    private static TestView View(VectorDataViewType type) => new TestView(1)
        .Vector(Views.Previous, type, _ => new float[12])
        .Vector(Views.Current, type, _ => new float[12]);
}
