using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Columns that pass through the transform, even where it has read ahead.</summary>
[TestClass]
public sealed class PassThroughTests
{
    [TestMethod]
    [DataRow(EngineKind.Managed, 1, false)]
    [DataRow(EngineKind.Torch, 1, false)]
    [DataRow(EngineKind.Torch, 3, false)]
    [DataRow(EngineKind.Torch, 4, true)]
    [DataRow(EngineKind.Torch, 100, true)]
    public void Columns_id_batch_and_position_are_those_of_the_row(EngineKind engine, int batchSize, bool variable)
    {
        var rows = variable ? Sequences.Mixed(23, 5, 2) : Sequences.Pairs(23, 3, 2);
        var view = (variable ? Views.Unknown(rows) : Views.Known(rows, 3, 2)).WithEveryKindOfColumn();
        using var transformer = Transformers.Fit(
            view, options => (options.Engine, options.BatchSize, options.EmbeddingDimension) = (engine, batchSize, 2));

        var expected = ViewReader.Rows(view);
        var actual = ViewReader.Rows(transformer.Transform(view));

        Assert.HasCount(23, actual);
        for (var row = 0; row < 23; row++)
        {
            Assert.AreEqual(expected[row].Position, actual[row].Position);
            Assert.AreEqual(expected[row].Batch, actual[row].Batch);
            Assert.AreEqual(expected[row].Id, actual[row].Id);
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), (float[])actual[row][Views.Combined], $"Row {row}.");
            foreach (var (column, value) in expected[row].Values)
                AssertSame(value, actual[row][column], $"Row {row}, column {column}.");
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Writes_of_a_consumer_into_its_vectors_change_no_row(EngineKind engine)
    {
        var rows = Sequences.Pairs(6, 3, 2);
        var view = Views.Known(rows, 3, 2)
            .Vector("Weights", new VectorDataViewType(NumberDataViewType.Double, 3), row => new double[] { row, 1, 2 });
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 4));
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor(output.Schema);
        var weightsGetter = cursor.GetGetter<VBuffer<double>>(output.Schema["Weights"]);
        var combinedGetter = cursor.GetGetter<VBuffer<float>>(output.Schema[Views.Combined]);
        var maskGetter = cursor.GetGetter<VBuffer<bool>>(output.Schema[Views.Mask]);

        for (var row = 0; cursor.MoveNext(); row++)
        {
            for (var time = 0; time < 2; time++)
            {
                var (weights, combined, mask) = (default(VBuffer<double>), default(VBuffer<float>), default(VBuffer<bool>));
                weightsGetter(ref weights);
                combinedGetter(ref combined);
                maskGetter(ref mask);
                CollectionAssert.AreEqual(new double[] { row, 1, 2 }, weights.DenseValues().ToArray());
                Expect.SameBits(Reference.Combined([0, 0], rows[row]), [.. combined.DenseValues()], $"Row {row}.");
                Expect.Same<bool>(Reference.Blocked(3), [.. mask.DenseValues()], $"Row {row}.");

                VBufferEditor.CreateFromBuffer(ref weights).Values.Fill(99);
                VBufferEditor.CreateFromBuffer(ref combined).Values.Fill(99);
                VBufferEditor.CreateFromBuffer(ref mask).Values.Fill(true);
            }
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Inputs_with_the_names_of_outputs_are_hidden_and_kept(EngineKind engine)
    {
        var rows = Sequences.Pairs(5, 3, 2);
        var view = new TestView(5)
            .Scalar(Views.Combined, NumberDataViewType.Int32, row => (int)row + 40)
            .Scalar(Views.Mask, TextDataViewType.Instance, row => $"old {row}".AsMemory())
            .Vector(Views.Previous, new VectorDataViewType(NumberDataViewType.Single, 3, 2), row => rows[row].Previous)
            .Vector(Views.Current, new VectorDataViewType(NumberDataViewType.Single, 3, 2), row => rows[row].Current);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 2));
        var output = transformer.Transform(view);

        Assert.IsTrue(output.Schema[0].IsHidden);
        Assert.IsTrue(output.Schema[1].IsHidden);
        using var cursor = output.GetRowCursor(output.Schema);
        var old = ViewReader.Reader(cursor, output.Schema[0]);
        var oldMask = ViewReader.Reader(cursor, output.Schema[1]);
        var combined = ViewReader.Reader(cursor, output.Schema[Views.Combined]);
        var mask = ViewReader.Reader(cursor, output.Schema[Views.Mask]);
        for (var row = 0; row < 5; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(row + 40, old());
            Assert.AreEqual($"old {row}", oldMask());
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), (float[])combined());
            Expect.Same<bool>(Reference.Blocked(3), (bool[])mask());
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Hidden_column_with_an_input_name_is_not_read(EngineKind engine)
    {
        var rows = Sequences.Pairs(5, 3, 2);
        var view = new TestView(5)
            .Scalar(Views.Previous, NumberDataViewType.Int32, row => (int)row)
            .Vector(Views.Current, new VectorDataViewType(NumberDataViewType.Single, 3, 2), _ => new float[6])
            .Vector(Views.Previous, new VectorDataViewType(NumberDataViewType.Single, 3, 2), row => rows[row].Previous)
            .Vector(Views.Current, new VectorDataViewType(NumberDataViewType.Single, 3, 2), row => rows[row].Current);
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, 2));

        var combined = ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined);

        for (var row = 0; row < 5; row++)
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), combined[row], $"Row {row}.");
    }

    private static void AssertSame(object expected, object actual, string about)
    {
        Assert.AreEqual(expected.GetType(), actual.GetType(), about);
        if (expected is Array values)
            CollectionAssert.AreEqual(values, (Array)actual, about);
        else
            Assert.AreEqual(expected, actual, about);
    }
}
