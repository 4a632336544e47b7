using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>
/// A cursor with two engines, as on a GPU, packs one block while the one before is computed. Here both engines are on the CPU.
/// </summary>
[TestClass]
public sealed class DoubleBufferedCursorTests
{
    private const int Dimension = 3;
    private const int MaxTokens = 5;
    private const int BlockRows = 4;

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(BlockRows)]
    [DataRow(BlockRows + 1)]
    [DataRow(2 * BlockRows)]
    [DataRow(5 * BlockRows + 3)]
    public void Every_row_is_served_once_and_in_order(int rows)
    {
        var sequences = Sequences.Mixed(rows, MaxTokens, Dimension);
        var view = Views.Unknown(sequences).WithEveryKindOfColumn();
        using var transformer = Fit(view);
        var expected = ViewReader.Rows(transformer.Transform(view));

        var schema = transformer.Bind(view.Schema);
        var columns = ViewReader.Columns(schema.Output);
        using var module = Module();
        using var cursor = Open(schema, view, columns, Engine(module), Engine(module));
        var actual = ViewReader.Rows(cursor, columns);

        Assert.HasCount(rows, actual);
        for (var row = 0; row < rows; row++)
        {
            Assert.AreEqual((expected[row].Position, expected[row].Batch, expected[row].Id), (actual[row].Position, actual[row].Batch, actual[row].Id));
            foreach (var (name, value) in expected[row].Values)
            {
                if (value is Array values)
                    CollectionAssert.AreEqual(values, (Array)actual[row][name], name);
                else
                    Assert.AreEqual(value, actual[row][name], name);
            }
        }

        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void Bad_row_does_not_affect_other_rows()
    {
        var sequences = Sequences.Pairs(3 * BlockRows, MaxTokens, Dimension);
        sequences[BlockRows + 1] = new SequencePair([1, 2], [1, 2]);
        var view = Views.Unknown(sequences);
        using var transformer = Fit(view);
        using var module = Module();
        var schema = transformer.Bind(view.Schema);
        var column = schema.Output[Views.Combined];
        using var cursor = Open(schema, view, [column], Engine(module), Engine(module));
        var read = ViewReader.Reader(cursor, column);

        for (var row = 0; row < sequences.Length; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            if (row == BlockRows + 1)
                Assert.ThrowsExactly<InvalidRowException>(() => read());
            else
                Expect.SameBits(Reference.Combined(new float[Dimension], sequences[row]), (float[])read(), $"Row {row}.");
        }

        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void Failing_input_is_reported_after_the_rows_before()
    {
        const int failing = BlockRows + 2;
        var sequences = Sequences.Pairs(3 * BlockRows, MaxTokens, Dimension);
        var type = new VectorDataViewType(NumberDataViewType.Single);
        var view = new TestView(sequences.Length) { MoveNextFailsAt = failing }
            .Vector(Views.Previous, type, row => sequences[row].Previous)
            .Vector(Views.Current, type, row => sequences[row].Current);
        using var transformer = Fit(view);
        using var module = Module();
        var schema = transformer.Bind(view.Schema);
        using var cursor = Open(schema, view, ViewReader.Columns(schema.Output), Engine(module), Engine(module));

        for (var row = 0; row < failing; row++)
            Assert.IsTrue(cursor.MoveNext());
        Assert.Throws<Exception>(() => cursor.MoveNext());
    }

    [TestMethod]
    public void Next_block_is_packed_before_this_one_is_read()
    {
        var view = Views.Unknown(Sequences.Pairs(5, tokens: 1, Dimension));
        using var transformer = Fit(view);
        var schema = transformer.Bind(view.Schema);
        var log = new List<string>();
        var column = schema.Output[Views.Combined];
        using var cursor = Open(schema, view, [column], new LoggingEngine("A", log), new LoggingEngine("B", log));
        var read = ViewReader.Reader(cursor, column);

        while (cursor.MoveNext())
            read();

        Assert.AreEqual(
            "A.Clear A.Add A.Add A.Run B.Clear B.Add B.Add A.CopyTo(0) A.CopyTo(1) "
            + "B.Run A.Clear A.Add B.CopyTo(0) B.CopyTo(1) "
            + "A.Run B.Clear A.CopyTo(0) "
            + "A.Clear",
            string.Join(' ', log));
    }

    [TestMethod]
    public void Block_that_cannot_be_computed_ends_the_rows()
    {
        var view = Views.Unknown(Sequences.Pairs(6, tokens: 1, Dimension));
        using var transformer = Fit(view);
        var schema = transformer.Bind(view.Schema);
        var log = new List<string>();
        using var cursor = Open(
            schema, view, ViewReader.Columns(schema.Output), new LoggingEngine("A", log), new LoggingEngine("B", log) { RunFails = true });

        Assert.IsTrue(cursor.MoveNext());
        Assert.IsTrue(cursor.MoveNext());
        Assert.ThrowsExactly<NotSupportedException>(() => cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
        Assert.ThrowsExactly<NotSupportedException>(() => cursor.MoveNext());
    }

    private static NextTokenDiscriminatorTransformer Fit(IDataView view) => Transformers.Fit(view, options =>
    {
        options.EmbeddingDimension = Dimension;
        options.MaxTokens = MaxTokens;
        options.Engine = EngineKind.Torch;
        options.BatchSize = BlockRows;
    });

    private static ModuleHandle Module() => new(ImmutableArray.Create(new float[Dimension]), MaxTokens, torch.CPU);

    private static TorchEngine Engine(ModuleHandle module) => new(new MLContext(), module, BlockRows);

    private static BlockCursor Open(
        BoundTransformSchema schema, TestView view, DataViewSchema.Column[] columns, IBlockEngine first, IBlockEngine second)
    {
        var active = new ActiveColumns(schema.Output, columns);
        return new BlockCursor(new MLContext(), schema, view.GetRowCursor(schema.GetDependencies(active.Columns)), active, first, second);
    }

    private sealed class LoggingEngine(string name, List<string> log) : IBlockEngine
    {
        public int BlockRows => 2;

        public bool IsAsynchronous => true;

        public bool RunFails { get; init; }

        public void Clear() => log.Add($"{name}.Clear");

        public void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens) => log.Add($"{name}.Add");

        public void Run()
        {
            if (RunFails)
                throw new NotSupportedException();
            log.Add($"{name}.Run");
        }

        public void CopyTo(int row, Span<float> context, Span<float> candidates) => log.Add($"{name}.CopyTo({row})");

        public void Combine(in VBuffer<float> previous, in VBuffer<float> current, Span<float> context, Span<float> candidates) =>
            Assert.Fail("A block cursor has no rows on their own.");

        public void Dispose()
        {
        }
    }
}
