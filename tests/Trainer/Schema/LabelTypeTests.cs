using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Labels that are not Boolean: the error names the column, its type and a conversion that works.</summary>
[TestClass]
public sealed class LabelTypeTests
{
    private const string Map =
        "Say which of its values are true: mlContext.Transforms.Conversion.MapValue(\"Kind\", new Dictionary<string, bool> { [\"real\"] = true, [\"fake\"] = false })";

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Text_label_error_advises_mapping()
    {
        var view = Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(Rows()));
        var trainer = Trainers.Small(Ml, options => options.LabelColumnName = "Kind");
        const string problem = "Schema mismatch for label column 'Kind': expected Boolean, or Vector<Boolean> with a label per token, got String.";

        Expect.Error<ArgumentOutOfRangeException>(() => trainer.Fit(view), problem, Map);
        Expect.Error<ArgumentOutOfRangeException>(() => trainer.GetOutputSchema(SchemaText.Shape(view.Schema)), "'Kind'", "got String", Map);

        using var scorer = Ml.Transforms.Conversion.MapValue("Kind", new Dictionary<string, bool> { ["real"] = true, ["fake"] = false })
            .Append(trainer).Fit(view).LastTransformer;
        Assert.HasCount(2, scorer.History);
    }

    [TestMethod]
    public void Key_label_error_advises_mapping_back()
    {
        var view = Ml.Transforms.Conversion.MapValueToKey("Kind").Fit(Transformed()).Transform(Transformed());
        var trainer = Trainers.Small(Ml, options => options.LabelColumnName = "Kind");

        Expect.Error<ArgumentOutOfRangeException>(
            () => trainer.Fit(view), "label column 'Kind'", "got Key<UInt32, 0-1>", "MapKeyToValue(\"Kind\")", "MapValue(\"Kind\"");
        Expect.Error<ArgumentOutOfRangeException>(
            () => trainer.GetOutputSchema(SchemaText.Shape(view.Schema)), "label column 'Kind'", "MapKeyToValue(\"Kind\")", "MapValue(\"Kind\"");

        using var scorer = Ml.Transforms.Conversion.MapKeyToValue("Kind")
            .Append(Ml.Transforms.Conversion.MapValue("Kind", new Dictionary<string, bool> { ["real"] = true, ["fake"] = false }))
            .Append(trainer).Fit(view).LastTransformer;
        Assert.HasCount(2, scorer.History);
    }

    [TestMethod]
    public void Number_label_error_advises_conversion() => Expect.Error<ArgumentOutOfRangeException>(
        () => Trainers.Small(Ml, options => options.LabelColumnName = "Number").Fit(Transformed()),
        "label column 'Number'", "got Int32", "ConvertType(\"Number\", outputKind: DataKind.Boolean)");

    /// <summary>Text that was converted is false whatever it says, but for "true" and its like.</summary>
    [TestMethod]
    public void Constant_label_error_mentions_converted_text()
    {
        var view = Ml.Transforms.Conversion.ConvertType("Kind", outputKind: DataKind.Boolean).Fit(Transformed()).Transform(Transformed());

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(Ml, options => options.LabelColumnName = "Kind").Fit(view),
            "Column 'Kind': no positive label among the 20 training rows", "If ConvertType made them of text", "MapValue(\"Kind\"");
    }

    [TestMethod]
    public void Evaluation_gives_the_same_advice()
    {
        var view = Ml.Data.LoadFromEnumerable(new[] { new Scored() });

        Expect.Error<ArgumentOutOfRangeException>(
            () => Ml.BinaryClassification.EvaluateTokens(view, "Kind"), "label column 'Kind'", "Vector<String>", Map);
    }

    private static IDataView Transformed() => Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(Rows()));

    private static List<TextRow> Rows() =>
        Samples.Fixed(20).ConvertAll(row => new TextRow
        {
            PreviousEmbeddings = row.PreviousEmbeddings,
            CurrentEmbeddings = row.CurrentEmbeddings,
            Kind = row.Label ? "real" : "fake",
        });

    public sealed class TextRow
    {
        [VectorType(TokenRow.Tokens, TokenRow.Dimension)]
        public float[] PreviousEmbeddings { get; set; } = [];

        [VectorType(TokenRow.Tokens, TokenRow.Dimension)]
        public float[] CurrentEmbeddings { get; set; } = [];

        public string Kind { get; set; } = "";

        public int Number { get; set; }
    }

    public sealed class Scored
    {
        public string[] Kind { get; set; } = ["real"];

        public float[] TokenScores { get; set; } = [1];
    }
}
