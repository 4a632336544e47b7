using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>With TruncateToMaxTokens a longer row is combined from its first MaxTokens tokens.</summary>
[TestClass]
public sealed class TruncationTests
{
    private const int Dimension = 3;
    private const int MaxTokens = 4;

    [TestMethod]
    public void Longer_row_equals_its_first_MaxTokens_tokens() => Property.Check(
        Gen.Choose(0, int.MaxValue - 1),
        seed =>
        {
            var random = new Random(seed);
            var rows = Sequences.Mixed(7, 2 * MaxTokens, Dimension, seed);
            var cut = Array.ConvertAll(rows, Cut);
            var (pad, sparse, engine) = (random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0 ? EngineKind.Managed : EngineKind.Torch);

            AreEqual(Views.Unknown(cut), Views.Unknown(rows, sparse), pad, engine);
        });

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Column_type_longer_than_MaxTokens_gives_outputs_of_MaxTokens(EngineKind engine)
    {
        var rows = Sequences.Pairs(5, 6, Dimension);
        var (whole, cut) = (Views.Known(rows, 6, Dimension), Views.Known(Array.ConvertAll(rows, Cut), MaxTokens, Dimension));

        AreEqual(cut, whole, pad: false, engine);

        using var transformer = Fit(whole, pad: false, engine);
        Assert.AreEqual(
            new VectorDataViewType(NumberDataViewType.Single, 2 * MaxTokens, Dimension), transformer.GetOutputSchema(whole.Schema)["Combined"].Type);
    }

    [TestMethod]
    public void Batches_and_mapped_rows_are_truncated()
    {
        var rows = Sequences.Pairs(3, 6, Dimension);
        using var transformer = Fit(Views.Unknown(rows), pad: false, EngineKind.Managed);

        foreach (var batch in transformer.ToBatches(Views.Unknown(rows)))
        {
            using (batch)
                CollectionAssert.AreEqual(new long[] { 3, 2 * MaxTokens, Dimension }, batch.Sequences.shape);
        }

        using var cursor = Views.Unknown(rows).GetRowCursor(Views.Unknown(rows).Schema);
        Assert.IsTrue(cursor.MoveNext());
        var mapper = transformer.GetRowToRowMapper(cursor.Schema);
        using var row = mapper.GetRow(cursor, mapper.OutputSchema);
        Expect.SameBits(Reference.Combined(new float[Dimension], Cut(rows[0])), (float[])ViewReader.Reader(row, row.Schema["Combined"])());
    }

    /// <summary>It is the length that is let pass, nothing else.</summary>
    [TestMethod]
    public void Columns_of_different_length_are_still_refused()
    {
        SequencePair[] rows = [new(new float[6 * Dimension], new float[5 * Dimension])];
        using var transformer = Fit(Views.Unknown(rows), pad: false, EngineKind.Managed);

        Expect.Error<InvalidRowException>(
            "Column 'CurrentEmbeddings', row 0: expected 18 values as in column 'PreviousEmbeddings', found 15.",
            () => ViewReader.Vectors<float>(transformer.Transform(Views.Unknown(rows)), "Combined"));
    }

    [TestMethod]
    public void Truncation_needs_MaxTokens() => Expect.Error<ArgumentException>(
        "MaxTokens: set it: TruncateToMaxTokens needs to know how many tokens to keep.",
        () => new MLContext().Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options { TruncateToMaxTokens = true }));

    private static void AreEqual(TestView cut, TestView whole, bool pad, EngineKind engine)
    {
        using var expected = Fit(cut, pad, engine);
        using var found = Fit(whole, pad, engine);
        var (expectedRows, foundRows) = (ViewReader.Rows(expected.Transform(cut), "Combined", "Mask", "Count"), ViewReader.Rows(found.Transform(whole), "Combined", "Mask", "Count"));

        Assert.HasCount(expectedRows.Count, foundRows);
        for (var row = 0; row < expectedRows.Count; row++)
        {
            Expect.SameBits((float[])expectedRows[row]["Combined"], (float[])foundRows[row]["Combined"], $"Row {row}.");
            Expect.Same<bool>((bool[])expectedRows[row]["Mask"], (bool[])foundRows[row]["Mask"], $"Row {row}.");
            Assert.AreEqual(expectedRows[row]["Count"], foundRows[row]["Count"], $"Row {row}.");
        }
    }

    private static NextTokenDiscriminatorTransformer Fit(IDataView view, bool pad, EngineKind engine) => Transformers.Fit(view, options =>
    {
        (options.EmbeddingDimension, options.MaxTokens, options.TruncateToMaxTokens) = (Dimension, MaxTokens, true);
        (options.PadToMaxTokens, options.Engine, options.BatchSize, options.TokenCountColumnName) = (pad, engine, 3, "Count");
    });

    private static SequencePair Cut(SequencePair row) =>
        new([.. row.Previous.Take(MaxTokens * Dimension)], [.. row.Current.Take(MaxTokens * Dimension)]);
}
