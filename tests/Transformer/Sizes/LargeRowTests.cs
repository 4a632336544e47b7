using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>Rows so large that a count of bytes or values may not fit an int.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LargeRowTests
{
    // 64 MiB a column.
    private const int Tokens = 256;
    private const int Dimension = 1 << 16;

    [TestMethod]
    [DataRow(EngineKind.Managed, DisplayName = "Managed")]
    [DataRow(EngineKind.Torch, DisplayName = "Torch")]
    public void Row_whose_combined_sequence_fits_no_array_is_refused(EngineKind engine)
    {
        // Only zeros, which take no memory.
        const int Length = 11_000 * 100_000;
        var type = new VectorDataViewType(NumberDataViewType.Single);
        var view = new TestView(1)
            .Add(Views.Previous, type, (long _, ref VBuffer<float> row) => row = new VBuffer<float>(Length, 0, [], []))
            .Add(Views.Current, type, (long _, ref VBuffer<float> row) => row = new VBuffer<float>(Length, 0, [], []));
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.EmbeddingDimension, options.MaxTokens) = (engine, 100_000, 20_000));
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);
        var combined = default(VBuffer<float>);
        var getter = cursor.GetGetter<VBuffer<float>>(output.Schema[Views.Combined]);

        Assert.IsTrue(cursor.MoveNext());

        Expect.Error<InvalidRowException>(
            $"Column 'PreviousEmbeddings', row 0: expected at most {Array.MaxLength / 2} values, so that the combined sequence fits one array, found {Length}.",
            () => getter(ref combined));
    }

    [TestMethod]
    [DataRow(EngineKind.Managed, DisplayName = "Managed")]
    [FullRunRow(EngineKind.Torch, DisplayName = "Torch")]
    public void Row_of_64_MiB_per_column_is_combined(EngineKind engine)
    {
        // Each value is its own index, which a float holds exactly.
        var row = new SequencePair(Count(first: 0), Count(first: -Tokens * Dimension));
        var view = Views.Known([row], Tokens, Dimension);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.MaskColumnName) = (engine, null));
        var output = transformer.Transform(view);
        var column = output.Schema[Views.Combined];
        using var cursor = output.GetRowCursor([column]);
        var combined = default(VBuffer<float>);

        Assert.IsTrue(cursor.MoveNext());
        cursor.GetGetter<VBuffer<float>>(column)(ref combined);

        var values = combined.GetValues();
        Assert.AreEqual(2 * Tokens * Dimension, values.Length);
        Assert.AreEqual(-1, values[..Dimension].IndexOfAnyExcept(0f));
        Assert.IsTrue(values[Dimension..(Tokens * Dimension)].SequenceEqual(row.Previous.AsSpan(0, (Tokens - 1) * Dimension)));
        Assert.IsTrue(values[(Tokens * Dimension)..].SequenceEqual(row.Current));
        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void Rows_of_64_MiB_are_not_put_into_one_block()
    {
        var view = new TestView(1)
            .Vector(Views.Previous, new VectorDataViewType(NumberDataViewType.Single, Tokens, Dimension), _ => Array.Empty<float>())
            .Vector(Views.Current, new VectorDataViewType(NumberDataViewType.Single, Tokens, Dimension), _ => Array.Empty<float>());
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (EngineKind.Torch, 1 << 20));
        var schema = transformer.Bind(view.Schema);

        using var engine = (IBlockEngine)transformer.CreateEngine(new EngineChoice(EngineKind.Torch, null), batchSize: null, schema.Known);

        Assert.AreEqual(15, engine.BlockRows);
    }

    [TestMethod]
    public void Row_too_large_for_a_tensor_is_refused_before_anything_is_allocated()
    {
        const int dimension = 1 << 20;
        using var module = new ModuleHandle(ImmutableArray.Create(new float[dimension]), maxTokens: 1000, torch.CPU);
        using var engine = new TorchEngine(new MLContext(), module, blockRows: 2);
        Assert.AreEqual(127, BlockSize.MaxTokens(2, dimension));
        var none = default(VBuffer<float>);

        Expect.Error<InvalidOperationException>(
            "Blocks of 2 rows of 128 tokens of dimension 1048576 are more than the 2 GiB that the Torch engine can reach: "
            + "make BatchSize smaller, or use Engine = Managed.",
            () => engine.Add(none, none, 128));
    }

    [TestMethod]
    public void Sizes_of_the_largest_row_are_counted_without_overflow()
    {
        // The most values that a combined sequence may have, and the longest mask.
        var layout = new RowLayout(Tokens: 15, PaddedTokens: 15, Dimension: Array.MaxLength / 30);
        Assert.AreEqual(30 * (Array.MaxLength / 30), layout.CombinedLength);
        Assert.AreEqual(15 * (Array.MaxLength / 30), layout.ContextLength);

        var longest = new RowLayout(NextTokenMask.MaxTokens, NextTokenMask.MaxTokens, 1);
        Assert.AreEqual(4L * NextTokenMask.MaxTokens * NextTokenMask.MaxTokens, longest.MaskLength);
    }

    private static float[] Count(int first)
    {
        var values = new float[Tokens * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = first + i;
        return values;
    }
}
