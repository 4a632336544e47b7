using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The values of the combined and the mask column, on both engines.</summary>
[TestClass]
public sealed class CombinedValuesTests
{
    [TestMethod]
    public void Row_is_the_initial_embedding_followed_by_its_tokens() => Property.Check(Cases, one =>
    {
        var rows = one.Rows();
        var initial = one.Initial();
        foreach (var engine in new[] { EngineKind.Managed, EngineKind.Torch })
        {
            var view = Views.Known(rows, one.Tokens, one.Dimension, one.Sparse);
            using var transformer = Transformers.Fit(view, options =>
            {
                options.Engine = engine;
                options.BatchSize = one.BatchSize;
                options.InitialEmbedding = initial;
            });

            var read = ViewReader.Rows(transformer.Transform(view), Views.Combined, Views.Mask);

            Assert.HasCount(rows.Length, read);
            for (var row = 0; row < rows.Length; row++)
            {
                Expect.SameBits(Reference.Combined(initial, rows[row]), (float[])read[row][Views.Combined], $"{engine}, row {row}.");
                Expect.Same<bool>(Reference.Blocked(one.Tokens), (bool[])read[row][Views.Mask], $"{engine}, row {row}.");
            }
        }
    });

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Sparse_row_does_not_keep_the_values_of_the_row_before(EngineKind engine)
    {
        SequencePair[] rows = [new([1, 2, 3, 4], [5, 6, 7, 8]), new([0, 0, 0, 0], [0, 0, 9, 0]), new([0, 3, 0, 0], [0, 0, 0, 0])];
        var view = Views.Known(rows, 2, 2, sparse: true);
        using var transformer = Transformers.Fit(view, options => options.Engine = engine);

        var combined = ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined);

        Expect.SameBits([0, 0, 1, 2, 5, 6, 7, 8], combined[0]);
        Expect.SameBits([0, 0, 0, 0, 0, 0, 9, 0], combined[1]);
        Expect.SameBits([0, 0, 0, 3, 0, 0, 0, 0], combined[2]);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void NaN_and_infinity_pass_through(EngineKind engine)
    {
        SequencePair[] rows =
        [
            new([float.NaN, float.NegativeInfinity, 1, 2], [float.PositiveInfinity, -0f, float.Epsilon, float.MaxValue]),
            new([BitConverter.UInt32BitsToSingle(0x7FC12345), -0f, 1, 2], [BitConverter.UInt32BitsToSingle(0xFFC00001), 0, 1, float.MinValue]),
        ];
        var view = Views.Known(rows, 2, 2);
        using var transformer = Transformers.Fit(view, options => options.Engine = engine);

        var combined = ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined);

        for (var row = 0; row < rows.Length; row++)
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), combined[row], $"Row {row}.");
    }

    [TestMethod]
    [DataRow(EngineKind.Managed, MaskKind.Blocked)]
    [DataRow(EngineKind.Managed, MaskKind.Allowed)]
    [DataRow(EngineKind.Managed, MaskKind.Additive)]
    [DataRow(EngineKind.Torch, MaskKind.Blocked)]
    [DataRow(EngineKind.Torch, MaskKind.Allowed)]
    [DataRow(EngineKind.Torch, MaskKind.Additive)]
    public void Mask_column_is_written_in_the_kind_asked_for(EngineKind engine, MaskKind kind)
    {
        var view = Views.Known(Sequences.Pairs(5, 3, 2), 3, 2);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.MaskKind, options.BatchSize) = (engine, kind, 2));
        var output = transformer.Transform(view);

        if (kind == MaskKind.Additive)
        {
            foreach (var mask in ViewReader.Vectors<float>(output, Views.Mask))
                Expect.SameBits(Reference.Additive(3), mask);
            return;
        }

        foreach (var mask in ViewReader.Vectors<bool>(output, Views.Mask))
            Expect.Same<bool>(kind == MaskKind.Blocked ? Reference.Blocked(3) : Reference.Allowed(3), mask);
    }

    [TestMethod]
    public void Golden_cases_equal_the_original()
    {
        foreach (var golden in Golden.Cases.Values)
        {
            var half = golden.Tokens * golden.Dimension;
            SequencePair[] rows = [.. golden.Previous.Chunk(half).Zip(golden.Current.Chunk(half), (previous, current) => new SequencePair(previous, current))];
            foreach (var engine in new[] { EngineKind.Managed, EngineKind.Torch })
            {
                var view = Views.Known(rows, golden.Tokens, golden.Dimension);
                using var transformer = Transformers.Fit(view, options => (options.Engine, options.InitialEmbedding) = (engine, golden.InitialEmbedding));
                var output = transformer.Transform(view);
                Expect.SameBits(golden.Combined, [.. ViewReader.Vectors<float>(output, Views.Combined).SelectMany(row => row)], golden.Name);
                Expect.Same<bool>(golden.Blocked, ViewReader.Vectors<bool>(output, Views.Mask)[0], golden.Name);
            }
        }
    }

    private static Gen<Case> Cases =>
        from rows in Gen.Choose(0, 20)
        from tokens in Gen.Choose(1, 9)
        from dimension in Gen.Choose(1, 9)
        from batchSize in Gen.Choose(0, 24)
        from sparse in Gen.Elements(true, false)
        from seed in Gen.Choose(0, 1_000_000)
        select new Case(rows, tokens, dimension, batchSize == 0 ? null : batchSize, sparse, seed);

    private sealed record Case(int RowCount, int Tokens, int Dimension, int? BatchSize, bool Sparse, int Seed)
    {
        public SequencePair[] Rows() => Sequences.Pairs(RowCount, Tokens, Dimension, Seed);

        public float[] Initial() => Sequences.Values(new Random(Seed), Dimension);
    }
}
