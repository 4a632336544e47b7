using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>A failing device: the engine throws at every call from some call on, or at one call only.</summary>
[TestClass]
public sealed class DeviceFailureTests
{
    private const int BlockRows = 3;
    private const int Dimension = 2;

    private static Gen<Case> Cases =>
        from rows in Gen.Choose(1, 20)
        from engines in Gen.Choose(1, 2)
        from calls in Gen.Choose(0, 80)
        from lost in Gen.Elements(1, int.MaxValue)
        select new Case(rows, engines, calls, lost);

    // Whoever takes the end of the rows for the end of the data has trained on half of it.
    [TestMethod]
    public void Failed_device_gives_correct_rows_or_an_error_and_never_ends_silently() => Property.Check(
        Cases,
        test =>
        {
            var rows = Sequences.Pairs(test.Rows, 2, Dimension);
            var view = Views.Unknown(rows);
            using var transformer = Transformers.Fit(view, options => (options.EmbeddingDimension, options.MaxTokens) = (Dimension, 2));
            var schema = transformer.Bind(view.Schema);
            var column = schema.Output[Views.Combined];
            var device = new Device(test.Calls, test.Lost);
            var served = 0;
            using (var cursor = Open(schema, view, column, test.Engines, device))
            {
                var read = ViewReader.Reader(cursor, column);
                while (served <= test.Rows && TryMove(cursor, out var failed))
                {
                    if (failed)
                    {
                        // For ever, not once.
                        Assert.ThrowsExactly<DeviceLostException>(() => cursor.MoveNext());
                        Assert.ThrowsExactly<DeviceLostException>(() => cursor.MoveNext());
                        Assert.AreEqual(-1, cursor.Position);
                        break;
                    }

                    Check(read, rows[served++], device);
                }
            }

            if (!device.IsLost)
                Assert.AreEqual(test.Rows, served);
            Assert.AreEqual(view.Opened, view.Disposed);
            Assert.AreEqual(test.Engines, device.Freed);
        },
        count: 400);

    // False at the end of the rows, which must be their end.
    private static bool TryMove(DataViewRowCursor cursor, out bool failed)
    {
        failed = false;
        try
        {
            return cursor.MoveNext();
        }
        catch (DeviceLostException)
        {
            return failed = true;
        }
    }

    private static void Check(Func<object> read, SequencePair row, Device device)
    {
        try
        {
            Expect.SameBits(Reference.Combined(new float[Dimension], row), (float[])read());
        }
        catch (DeviceLostException)
        {
            Assert.IsTrue(device.IsLost);
        }
    }

    private static BlockCursor Open(BoundTransformSchema schema, TestView view, DataViewSchema.Column column, int engines, Device device)
    {
        var active = new ActiveColumns(schema.Output, [column]);
        IBlockEngine[] made = [.. Enumerable.Range(0, engines).Select(_ => new EngineOn(device))];
        return new BlockCursor(new MLContext(), schema, view.GetRowCursor(schema.GetDependencies(active.Columns)), active, made);
    }

    private sealed record Case(int Rows, int Engines, int Calls, int Lost);

    private sealed class DeviceLostException : Exception;

    /// <summary>So many calls are done, then so many fail.</summary>
    private sealed class Device(int good, int lost)
    {
        private long _calls;

        public bool IsLost => _calls > good;

        public int Freed { get; set; }

        public void Call()
        {
            if (_calls++ >= good && _calls <= (long)good + lost)
                throw new DeviceLostException();
        }
    }

    private sealed class EngineOn(Device device) : IBlockEngine
    {
        private readonly List<(float[] Previous, float[] Current)> _rows = [];

        public int BlockRows => DeviceFailureTests.BlockRows;

        public bool IsAsynchronous => true;

        public void Clear()
        {
            device.Call();
            _rows.Clear();
        }

        public void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens)
        {
            device.Call();
            _rows.Add(([.. previous.DenseValues()], [.. current.DenseValues()]));
        }

        public void Run() => device.Call();

        public void CopyTo(int row, Span<float> context, Span<float> candidates)
        {
            device.Call();
            context[..Dimension].Clear();
            _rows[row].Previous.AsSpan(0, context.Length - Dimension).CopyTo(context[Dimension..]);
            _rows[row].Current.CopyTo(candidates);
        }

        public void Combine(in VBuffer<float> previous, in VBuffer<float> current, Span<float> context, Span<float> candidates) =>
            Assert.Fail("A block cursor has no rows on their own.");

        public void Dispose() => device.Freed++;
    }
}
