using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Position and type of the columns that the transform adds.</summary>
[TestClass]
public sealed class OutputSchemaTests
{
    private static readonly NumberDataViewType Single = NumberDataViewType.Single;
    private static readonly VectorDataViewType Shaped = new(Single, 3, 4);
    private static readonly VectorDataViewType Free = new(Single, 0, 4);

    [TestMethod]
    public void Known_sizes_make_known_sizes()
    {
        var schema = Output(View(Shaped, Shaped), All);

        Assert.AreEqual(new VectorDataViewType(Single, 6, 4), schema["Combined"].Type);
        Assert.AreEqual(new VectorDataViewType(BooleanDataViewType.Instance, 6, 6), schema["Mask"].Type);
        Assert.AreEqual(NumberDataViewType.Int32, schema["Count"].Type);
        Assert.AreEqual("Vector<Single, 6, 4>", schema["Combined"].Type.ToString());
        Assert.AreEqual("Vector<Boolean, 6, 6>", schema["Mask"].Type.ToString());
    }

    [TestMethod]
    public void One_known_size_makes_known_sizes()
    {
        foreach (var view in new[] { View(Shaped, Free), View(Free, Shaped) })
        {
            var schema = Output(view, All);

            Assert.AreEqual(new VectorDataViewType(Single, 6, 4), schema["Combined"].Type);
            Assert.AreEqual(new VectorDataViewType(BooleanDataViewType.Instance, 6, 6), schema["Mask"].Type);
        }
    }

    [TestMethod]
    public void Unknown_sizes_make_unknown_sizes()
    {
        var schema = Output(View(Free, Free), All);

        var combined = (VectorDataViewType)schema["Combined"].Type;
        Assert.IsFalse(combined.IsKnownSize);
        Assert.AreEqual(new VectorDataViewType(Single, 0, 4), combined, "C is still said.");
        Assert.AreEqual(new VectorDataViewType(BooleanDataViewType.Instance), schema["Mask"].Type);
        Assert.AreEqual(NumberDataViewType.Int32, schema["Count"].Type);
    }

    [TestMethod]
    public void Padding_makes_known_sizes()
    {
        foreach (var view in new[] { View(Shaped, Shaped), View(Free, Free) })
        {
            var schema = Output(view, options =>
            {
                All(options);
                options.PadToMaxTokens = true;
                options.MaxTokens = 5;
            });

            Assert.AreEqual(new VectorDataViewType(Single, 10, 4), schema["Combined"].Type);
            Assert.AreEqual(new VectorDataViewType(BooleanDataViewType.Instance, 10, 10), schema["Mask"].Type);
            Assert.AreEqual(NumberDataViewType.Int32, schema["Count"].Type);
        }
    }

    [TestMethod]
    [DataRow(MaskKind.Blocked)]
    [DataRow(MaskKind.Allowed)]
    public void Boolean_masks_are_Boolean(MaskKind kind) => Assert.AreEqual(
        new VectorDataViewType(BooleanDataViewType.Instance, 6, 6),
        Output(View(Shaped, Shaped), options => options.MaskKind = kind)["Mask"].Type);

    [TestMethod]
    public void Additive_mask_is_Single()
    {
        Assert.AreEqual(
            new VectorDataViewType(Single, 6, 6), Output(View(Shaped, Shaped), options => options.MaskKind = MaskKind.Additive)["Mask"].Type);
        Assert.AreEqual(
            new VectorDataViewType(Single), Output(View(Free, Free), options => options.MaskKind = MaskKind.Additive)["Mask"].Type);
    }

    [TestMethod]
    public void Input_columns_keep_their_positions()
    {
        var view = View(Shaped, Shaped).Scalar("Number", NumberDataViewType.Int64, row => row);
        var schema = Output(view, All);

        string[] expected = ["PreviousEmbeddings", "CurrentEmbeddings", "Number", "Combined", "Mask", "Count"];
        CollectionAssert.AreEqual(expected, schema.Select(column => column.Name).ToArray());
        for (var i = 0; i < view.Schema.Count; i++)
            Assert.AreEqual(view.Schema[i].Type, schema[i].Type);
    }

    [TestMethod]
    public void Unrequested_columns_are_absent()
    {
        string[] expected = ["PreviousEmbeddings", "CurrentEmbeddings", "Combined"];

        var schema = Output(View(Shaped, Shaped), options => options.MaskColumnName = null);

        CollectionAssert.AreEqual(expected, schema.Select(column => column.Name).ToArray());
    }

    [TestMethod]
    public void Output_hides_an_input_of_its_name()
    {
        var rows = Sequences.Pairs(2, 3, 4);
        var view = Views.Known(rows, 3, 4).Scalar("Mask", TextDataViewType.Instance, row => $"text {row}".AsMemory());
        var output = Transformers.Fit(view).Transform(view);

        var hidden = output.Schema[2];
        Assert.AreEqual("Mask", hidden.Name);
        Assert.IsTrue(hidden.IsHidden);
        Assert.AreEqual(4, output.Schema["Mask"].Index);
        Assert.IsFalse(output.Schema["Mask"].IsHidden);

        foreach (var mask in ViewReader.Vectors<bool>(output, "Mask"))
            Expect.Same(Reference.Blocked(3), mask);
        using var cursor = output.GetRowCursor([hidden]);
        var read = ViewReader.Reader(cursor, hidden);
        Assert.IsTrue(cursor.MoveNext());
        Assert.AreEqual("text 0", read(), "What is hidden can still be read by its place.");
    }

    [TestMethod]
    public void Outputs_may_hide_their_inputs()
    {
        var rows = Sequences.Pairs(3, 3, 4);
        var view = Views.Known(rows, 3, 4);
        var output = Transformers.Fit(view, options =>
        {
            options.OutputColumnName = Views.Previous;
            options.MaskColumnName = Views.Current;
        }).Transform(view);

        var combined = ViewReader.Vectors<float>(output, Views.Previous);
        var mask = ViewReader.Vectors<bool>(output, Views.Current);

        for (var row = 0; row < rows.Length; row++)
        {
            Expect.SameBits(Reference.Combined(new float[4], rows[row]), combined[row]);
            Expect.Same(Reference.Blocked(3), mask[row]);
        }
    }

    [TestMethod]
    public void View_transformer_and_mapper_have_the_same_schema()
    {
        var view = View(Shaped, Free);
        var transformer = Transformers.Fit(view, All);

        var expected = Describe(transformer.GetOutputSchema(view.Schema));

        Assert.AreEqual(expected, Describe(transformer.Transform(view).Schema));
        Assert.AreEqual(expected, Describe(transformer.GetRowToRowMapper(view.Schema).OutputSchema));
        Assert.AreSame(view.Schema, transformer.GetRowToRowMapper(view.Schema).InputSchema);
    }

    private static string Describe(DataViewSchema schema) =>
        string.Join('\n', schema.Select(column => $"{column.Index} {column.Name} {column.Type} {column.IsHidden} {column.Annotations.Schema.Count}"));

    private static void All(NextTokenDiscriminatorEstimator.Options options) => options.TokenCountColumnName = "Count";

    private static DataViewSchema Output(TestView view, Action<NextTokenDiscriminatorEstimator.Options> options) =>
        Transformers.Fit(view, options).GetOutputSchema(view.Schema);

    private static TestView View(VectorDataViewType previous, VectorDataViewType current) => new TestView(1)
        .Vector(Views.Previous, previous, _ => new float[12])
        .Vector(Views.Current, current, _ => new float[12]);
}
