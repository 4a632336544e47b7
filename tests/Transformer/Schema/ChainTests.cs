using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The transform in a chain with other transforms.</summary>
[TestClass]
public sealed class ChainTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly List<ShapedRow> _rows = TestRows.Shaped(5);

    [TestMethod]
    public void Earlier_transform_can_produce_the_inputs()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var output = _context.Transforms.CopyColumns("True", Views.Previous)
            .Append(_context.Transforms.CopyColumns("Predicted", Views.Current))
            .Append(_context.Transforms.NextTokenDiscriminator(previousColumnName: "True", currentColumnName: "Predicted"))
            .Fit(view).Transform(view);

        IsCombined(ViewReader.Vectors<float>(output, "Combined"));
        Assert.HasCount(5, ViewReader.Vectors<bool>(output, "Mask"));
    }

    [TestMethod]
    public void Later_transform_can_read_the_outputs()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var output = _context.Transforms.NextTokenDiscriminator()
            .Append(_context.Transforms.CopyColumns("Copy", "Combined"))
            .Append(_context.Transforms.CopyColumns("MaskCopy", "Mask"))
            .Fit(view).Transform(view);

        IsCombined(ViewReader.Vectors<float>(output, "Copy"));
        foreach (var mask in ViewReader.Vectors<bool>(output, "MaskCopy"))
            Expect.Same(Reference.Blocked(TestRows.Tokens), mask);
    }

    [TestMethod]
    public void Unrelated_columns_pass_through_the_chain()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var output = _context.Transforms.NextTokenDiscriminator()
            .Append(_context.Transforms.CopyColumns("Copy", "Text"))
            .Fit(view).Transform(view);

        CollectionAssert.AreEqual(_rows.Select(row => row.Number).ToArray(), ViewReader.Scalars<int>(output, "Number"));
        CollectionAssert.AreEqual(
            _rows.Select(row => row.Text).ToArray(), ViewReader.Rows(output, "Copy").Select(row => (string)row["Copy"]).ToArray());
    }

    [TestMethod]
    public void Two_transforms_can_be_chained()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var output = _context.Transforms.NextTokenDiscriminator()
            .Append(_context.Transforms.NextTokenDiscriminator("Twice", "TwiceMask", "Combined", "Combined"))
            .Fit(view).Transform(view);

        var once = ViewReader.Vectors<float>(output, "Combined");
        var twice = ViewReader.Vectors<float>(output, "Twice");

        for (var row = 0; row < _rows.Count; row++)
            Expect.SameBits(Reference.Combined(new float[TestRows.Dimension], new(once[row], once[row])), twice[row]);
    }

    [TestMethod]
    public void Fitted_chain_holds_the_transformer()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var chain = _context.Transforms.CopyColumns("Copy", Views.Previous)
            .Append(_context.Transforms.NextTokenDiscriminator(previousColumnName: "Copy"))
            .Fit(view);

        Assert.AreEqual("Copy", chain.LastTransformer.PreviousColumnName);
        Assert.HasCount(2, chain.ToArray());
        Assert.IsTrue(((ITransformer)chain).IsRowToRowMapper);
    }

    [TestMethod]
    public void Transformer_can_be_appended_to_a_transformer()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var stage = _context.Transforms.NextTokenDiscriminator().Fit(view);
        var copy = _context.Transforms.CopyColumns("Copy", "Combined").Fit(stage.Transform(view));

        IsCombined(ViewReader.Vectors<float>(stage.Append(copy).Transform(view), "Copy"));
    }

    [TestMethod]
    public void Schema_error_after_another_transform_is_found_by_the_chain()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var chain = _context.Transforms.CopyColumns("Copy", "Text")
            .Append(_context.Transforms.NextTokenDiscriminator(previousColumnName: "Copy"));
        const string Message = "Schema mismatch for previous embeddings column 'Copy': expected Vector<Single>, got String. Turn it into "
            + "embeddings first, for example with mlContext.Transforms.CustomMapping.";

        Expect.Error<ArgumentOutOfRangeException>(Message, () => chain.GetOutputSchema(Shapes.Of(view.Schema))).IsMarked();
        Expect.Error<ArgumentOutOfRangeException>(Message, () => chain.Fit(view)).IsMarked();
    }

    [TestMethod]
    public void Rows_of_a_chain_can_be_read_as_objects()
    {
        var view = _context.Data.LoadFromEnumerable(_rows);
        var output = _context.Transforms.NextTokenDiscriminator().Append(_context.Transforms.CopyColumns("Copy", "Mask")).Fit(view).Transform(view);

        var read = _context.Data.CreateEnumerable<CombinedRow>(output, reuseRowObject: false).ToList();

        IsCombined([.. read.Select(row => row.Combined)]);
        Assert.IsTrue(read.All(row => row.Mask.AsSpan().SequenceEqual(Reference.Blocked(TestRows.Tokens))));
    }

    private void IsCombined(List<float[]> combined)
    {
        Assert.HasCount(_rows.Count, combined);
        for (var row = 0; row < _rows.Count; row++)
        {
            var pair = new SequencePair(_rows[row].PreviousEmbeddings, _rows[row].CurrentEmbeddings);
            Expect.SameBits(Reference.Combined(new float[TestRows.Dimension], pair), combined[row]);
        }
    }
}
