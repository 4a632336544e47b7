namespace MlNetNtd.Tests;

/// <summary>A transformer is disposed while threads read its views: each of them gets its rows or an <see cref="ObjectDisposedException"/>.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ConcurrentDisposeTests
{
    private const int Readers = 8;
    private static readonly int Rounds = TestRun.Count(25, 8);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Dispose_while_read_serves_correct_rows_and_refuses_the_rest(EngineKind engine)
    {
        var rows = Sequences.Pairs(40, 3, 2);
        var view = Views.Known(rows, 3, 2);
        for (var round = 0; round < Rounds; round++)
        {
            var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 2));
            var output = transformer.Transform(view);
            using var begun = new CountdownEvent(Readers);
            var readers = Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(() => Read(output, rows, begun), TaskCreationOptions.LongRunning)).ToArray();

            begun.Wait();
            Thread.SpinWait(round * 2_000);
            transformer.Dispose();
            Task.WaitAll(readers);

            Assert.ThrowsExactly<ObjectDisposedException>(() => output.GetRowCursor(output.Schema));
        }

        Assert.AreEqual(view.Opened, view.Disposed);
    }

    private static void Read(Microsoft.ML.IDataView output, SequencePair[] rows, CountdownEvent begun)
    {
        begun.Signal();
        try
        {
            // Reads until the transformer is disposed.
            while (true)
            {
                var served = new List<RowCopy>();
                using var cursor = output.GetRowCursor(output.Schema);
                try
                {
                    ViewReader.Into(served, cursor, ViewReader.Columns(output.Schema));
                }
                finally
                {
                    for (var row = 0; row < served.Count; row++)
                        Expect.SameBits(Reference.Combined([0, 0], rows[row]), (float[])served[row][Views.Combined], $"Row {row}.");
                }

                Assert.HasCount(rows.Length, served);
            }
        }
        catch (ObjectDisposedException e)
        {
            Assert.AreEqual(typeof(NextTokenDiscriminatorTransformer).FullName, e.ObjectName);
        }
    }
}
