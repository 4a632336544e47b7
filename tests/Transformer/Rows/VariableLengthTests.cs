using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Rows of different length in one view, and padding to one length.</summary>
[TestClass]
public sealed class VariableLengthTests
{
    [TestMethod]
    public void Rows_of_different_length_mix_in_one_block() => Property.Check(Cases, one =>
    {
        var rows = one.Rows();
        var view = Views.Unknown(rows, one.Sparse);
        using var transformer = Transformers.Fit(view, options =>
        {
            options.EmbeddingDimension = one.Dimension;
            options.Engine = one.Engine;
            options.BatchSize = one.BatchSize;
            options.TokenCountColumnName = "Tokens";
        });

        var read = ViewReader.Rows(transformer.Transform(view), Views.Combined, Views.Mask, "Tokens");

        Assert.HasCount(rows.Length, read);
        for (var row = 0; row < rows.Length; row++)
        {
            var tokens = rows[row].Previous.Length / one.Dimension;
            Expect.SameBits(Reference.Combined(new float[one.Dimension], rows[row]), (float[])read[row][Views.Combined], $"Row {row}.");
            Expect.Same<bool>(Reference.Blocked(tokens), (bool[])read[row][Views.Mask], $"Row {row}.");
            Assert.AreEqual(tokens, read[row]["Tokens"], $"Row {row}.");
        }
    });

    [TestMethod]
    public void Padding_gives_every_row_the_same_size() => Property.Check(Cases, one =>
    {
        var rows = one.Rows();
        var view = Views.Unknown(rows, one.Sparse);
        using var transformer = Transformers.Fit(view, options =>
        {
            options.EmbeddingDimension = one.Dimension;
            options.Engine = one.Engine;
            options.BatchSize = one.BatchSize;
            options.MaxTokens = one.Padded;
            options.PadToMaxTokens = true;
            options.TokenCountColumnName = "Tokens";
            options.MaskKind = MaskKind.Additive;
        });

        var read = ViewReader.Rows(transformer.Transform(view), Views.Combined, Views.Mask, "Tokens");

        Assert.HasCount(rows.Length, read);
        for (var row = 0; row < rows.Length; row++)
        {
            var tokens = rows[row].Previous.Length / one.Dimension;
            Expect.SameBits(
                Reference.Combined(new float[one.Dimension], rows[row], one.Padded), (float[])read[row][Views.Combined], $"Row {row}.");
            Expect.SameBits(Reference.Additive(tokens, one.Padded), (float[])read[row][Views.Mask], $"Row {row}.");
            Assert.AreEqual(tokens, read[row]["Tokens"], $"Row {row}.");
        }
    });

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Rows_of_known_size_can_be_padded_too(EngineKind engine)
    {
        var rows = Sequences.Pairs(5, 2, 3);
        var view = Views.Known(rows, 2, 3);
        using var transformer = Transformers.Fit(view, options =>
        {
            (options.Engine, options.BatchSize) = (engine, 2);
            (options.MaxTokens, options.PadToMaxTokens, options.TokenCountColumnName) = (4, true, "Tokens");
        });

        var read = ViewReader.Rows(transformer.Transform(view), Views.Combined, Views.Mask, "Tokens");

        for (var row = 0; row < rows.Length; row++)
        {
            Expect.SameBits(Reference.Combined(new float[3], rows[row], 4), (float[])read[row][Views.Combined], $"Row {row}.");
            Expect.Same<bool>(Reference.Blocked(2, 4), (bool[])read[row][Views.Mask], $"Row {row}.");
            Assert.AreEqual(2, read[row]["Tokens"]);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed, false)]
    [DataRow(EngineKind.Managed, true)]
    [DataRow(EngineKind.Torch, false)]
    [DataRow(EngineKind.Torch, true)]
    public void Reused_buffer_holds_nothing_of_a_longer_row(EngineKind engine, bool pad)
    {
        // The helper reads all rows into one buffer; the long rows come first.
        SequencePair[] rows =
        [
            new([1, 2, 3, 4], [5, 6, 7, 8]),
            new([9], [10]),
            new([11, 12], [13, 14]),
            new([15], [16]),
        ];
        var view = Views.Unknown(rows);
        using var transformer = Transformers.Fit(view, options =>
        {
            (options.Engine, options.BatchSize, options.EmbeddingDimension) = (engine, 3, 1);
            (options.MaxTokens, options.PadToMaxTokens) = (4, pad);
        });

        var read = ViewReader.Rows(transformer.Transform(view), Views.Combined, Views.Mask);

        for (var row = 0; row < rows.Length; row++)
        {
            int? padded = pad ? 4 : null;
            Expect.SameBits(Reference.Combined([0], rows[row], padded), (float[])read[row][Views.Combined], $"Row {row}.");
            Expect.Same<bool>(Reference.Blocked(rows[row].Previous.Length, padded), (bool[])read[row][Views.Mask], $"Row {row}.");
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void One_column_of_known_size_fixes_the_other(EngineKind engine)
    {
        var rows = Sequences.Pairs(4, 3, 2);
        var view = new TestView(4)
            .Vector(Views.Previous, new VectorDataViewType(NumberDataViewType.Single), row => rows[row].Previous)
            .Vector(Views.Current, new VectorDataViewType(NumberDataViewType.Single, 3, 2), row => rows[row].Current);
        using var transformer = Transformers.Fit(view, options => options.Engine = engine);

        var combined = ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined);

        for (var row = 0; row < rows.Length; row++)
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), combined[row], $"Row {row}.");
    }

    private static Gen<Case> Cases =>
        from rows in Gen.Choose(0, 20)
        from maxTokens in Gen.Choose(1, 9)
        from spare in Gen.Choose(0, 3)
        from dimension in Gen.Choose(1, 5)
        from batchSize in Gen.Choose(1, 12)
        from engine in Gen.Elements(EngineKind.Managed, EngineKind.Torch)
        from sparse in Gen.Elements(true, false)
        from seed in Gen.Choose(0, 1_000_000)
        select new Case(rows, maxTokens, maxTokens + spare, dimension, batchSize, engine, sparse, seed);

    private sealed record Case(
        int RowCount, int MaxTokens, int Padded, int Dimension, int BatchSize, EngineKind Engine, bool Sparse, int Seed)
    {
        public SequencePair[] Rows() => Sequences.Mixed(RowCount, MaxTokens, Dimension, Seed);
    }
}
