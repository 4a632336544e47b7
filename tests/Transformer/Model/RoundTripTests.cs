using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Saving and loading changes nothing.</summary>
[TestClass]
public sealed class RoundTripTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Transform_alone_gives_the_same_values()
    {
        var rows = Sequences.Pairs(4, 3, 2);
        var view = Views.Known(rows, 3, 2);
        var transformer = Transformers.Fit(view, options => options.InitialEmbedding = [0.25f, -0f]);

        var loaded = SavedModels.Load(SavedModels.Save(transformer, view.Schema), out var schema);

        Assert.IsInstanceOfType<NextTokenDiscriminatorTransformer>(Only(loaded));
        CollectionAssert.AreEqual(
            view.Schema.Select(column => $"{column.Name} {column.Type}").ToArray(),
            schema.Select(column => $"{column.Name} {column.Type}").ToArray());
        AreEqual(transformer.Transform(view), loaded.Transform(view));
        var combined = ViewReader.Vectors<float>(loaded.Transform(view), "Combined");
        for (var row = 0; row < rows.Length; row++)
            Expect.SameBits(Reference.Combined([0.25f, -0f], rows[row]), combined[row]);
    }

    [TestMethod]
    public void Transform_in_a_chain_gives_the_same_values()
    {
        var view = _context.Data.LoadFromEnumerable(TestRows.Shaped(4));
        var chain = _context.Transforms.CopyColumns("True", Views.Previous)
            .Append(_context.Transforms.NextTokenDiscriminator(previousColumnName: "True"))
            .Append(_context.Transforms.CopyColumns("Copy", "Combined"))
            .Append(_context.Transforms.NextTokenDiscriminator("Twice", null, "Combined", "Copy"))
            .Fit(view);

        var loaded = SavedModels.Load(SavedModels.Save(chain, view.Schema));

        AreEqual(chain.Transform(view), loaded.Transform(view));
        Assert.HasCount(4, ((TransformerChain<ITransformer>)loaded).ToArray());
    }

    [TestMethod]
    public void Rows_of_unknown_size_give_the_same_values()
    {
        var view = Views.Unknown(Sequences.Mixed(6, 5, 2));
        foreach (var pad in new[] { false, true })
        {
            var transformer = Transformers.Fit(view, options =>
            {
                options.EmbeddingDimension = 2;
                options.MaxTokens = 5;
                options.PadToMaxTokens = pad;
                options.TokenCountColumnName = "Count";
            });

            AreEqual(transformer.Transform(view), SavedModels.Load(SavedModels.Save(transformer, view.Schema)).Transform(view));
        }
    }

    [TestMethod]
    public void Every_option_survives()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);

        DefaultsTests.HasEveryOption(Reload(Transformers.Fit(view, DefaultsTests.EveryOption), view));
    }

    [TestMethod]
    public void Unset_options_survive()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);

        var loaded = Reload(Transformers.Fit(view, options => options.MaskColumnName = null), view);

        Assert.AreEqual("Combined", loaded.OutputColumnName);
        Assert.IsNull(loaded.MaskColumnName);
        Assert.IsNull(loaded.TokenCountColumnName);
        Assert.IsNull(loaded.BatchSize);
        Assert.AreEqual(EngineKind.Auto, loaded.Engine);
        Assert.AreEqual(MaskKind.Blocked, loaded.MaskKind);
        Assert.IsFalse(loaded.PadToMaxTokens);
        Assert.IsFalse(loaded.TruncateToMaxTokens);
        Expect.SameBits([0f, 0f], loaded.InitialEmbedding.AsSpan());
    }

    [TestMethod]
    public void Every_value_of_every_enum_survives()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        foreach (var kind in Enum.GetValues<MaskKind>())
            Assert.AreEqual(kind, Reload(Transformers.Fit(view, options => options.MaskKind = kind), view).MaskKind);
        foreach (var engine in Enum.GetValues<EngineKind>())
            Assert.AreEqual(engine, Reload(Transformers.Fit(view, options => options.Engine = engine), view).Engine);
    }

    [TestMethod]
    public void Every_bit_of_the_initial_embedding_survives()
    {
        float[] values = [float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, -0f, 1f / 3];
        var view = Views.Known(Sequences.Pairs(2, 3, 6), 3, 6);

        Expect.SameBits(values, Reload(Transformers.Fit(view, options => options.InitialEmbedding = values), view).InitialEmbedding.AsSpan());
    }

    [TestMethod]
    public void Column_names_of_any_script_survive()
    {
        var rows = Sequences.Pairs(2, 3, 2);
        var view = new TestView(2)
            .Vector("vorher ü", new VectorDataViewType(NumberDataViewType.Single, 3, 2), row => rows[row].Previous)
            .Vector("現在", new VectorDataViewType(NumberDataViewType.Single, 3, 2), row => rows[row].Current);

        var loaded = Reload(
            Transformers.Fit(view, options =>
            {
                options.PreviousColumnName = "vorher ü";
                options.CurrentColumnName = "現在";
                options.OutputColumnName = "обе";
                options.MaskColumnName = "🙈";
            }),
            view);

        Assert.AreEqual("vorher ü", loaded.PreviousColumnName);
        Assert.AreEqual("現在", loaded.CurrentColumnName);
        Assert.AreEqual("обе", loaded.OutputColumnName);
        Assert.AreEqual("🙈", loaded.MaskColumnName);
    }

    [TestMethod]
    public void Model_saved_without_a_schema_loads()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        var transformer = Transformers.Fit(view);

        var loaded = SavedModels.Load(SavedModels.Save(transformer, inputSchema: null), out var schema);

        Assert.IsNull(schema);
        AreEqual(transformer.Transform(view), loaded.Transform(view));
    }

    [TestMethod]
    public void Loaded_model_saves_to_the_same_bytes()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        var first = SavedModels.Save(Transformers.Fit(view, DefaultsTests.EveryOption), view.Schema);

        var second = SavedModels.Save(SavedModels.Load(first, out var schema), schema);

        CollectionAssert.AreEqual(SavedModels.ReadKey(first).ToBytes(), SavedModels.ReadKey(second).ToBytes());
    }

    [TestMethod]
    public void Model_survives_a_file()
    {
        using var file = new TemporaryFile();
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        var transformer = Transformers.Fit(view);

        _context.Model.Save(transformer, view.Schema, file.Path);
        var loaded = new MLContext(seed: 2).Model.Load(file.Path, out _);

        AreEqual(transformer.Transform(view), loaded.Transform(view));
    }

    [TestMethod]
    public void Prediction_engine_runs_on_a_loaded_model()
    {
        var rows = TestRows.Shaped(4);
        var view = _context.Data.LoadFromEnumerable(rows);
        var chain = _context.Transforms.NextTokenDiscriminator()
            .Append(_context.Transforms.CopyColumns("Copy", "Mask"))
            .Fit(view);

        var loaded = SavedModels.Load(SavedModels.Save(chain, view.Schema));
        using var engine = _context.Model.CreatePredictionEngine<ShapedRow, CombinedRow>(loaded);

        foreach (var row in rows)
        {
            var predicted = engine.Predict(row);
            Expect.SameBits(
                Reference.Combined(new float[TestRows.Dimension], new(row.PreviousEmbeddings, row.CurrentEmbeddings)), predicted.Combined);
            Expect.Same(Reference.Blocked(TestRows.Tokens), predicted.Mask);
        }
    }

    [TestMethod]
    public void Disposed_transformer_cannot_be_saved()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        var transformer = Transformers.Fit(view);
        transformer.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => SavedModels.Save(transformer, view.Schema));
    }

    private static NextTokenDiscriminatorTransformer Reload(NextTokenDiscriminatorTransformer transformer, TestView view) =>
        (NextTokenDiscriminatorTransformer)Only(SavedModels.Load(SavedModels.Save(transformer, view.Schema)));

    // ML.NET may return a single transformer as a chain of one.
    private static ITransformer Only(ITransformer loaded) => loaded is TransformerChain<ITransformer> chain ? chain.Single() : loaded;

    private static void AreEqual(IDataView expected, IDataView actual)
    {
        CollectionAssert.AreEqual(
            expected.Schema.Select(column => $"{column.Name} {column.Type}").ToArray(),
            actual.Schema.Select(column => $"{column.Name} {column.Type}").ToArray());
        var expectedRows = ViewReader.Rows(expected);
        var actualRows = ViewReader.Rows(actual);
        Assert.HasCount(expectedRows.Count, actualRows);
        for (var row = 0; row < expectedRows.Count; row++)
        {
            foreach (var (name, value) in expectedRows[row].Values)
            {
                if (value is Array values)
                    CollectionAssert.AreEqual(values, (Array)actualRows[row][name], $"Row {row}, column {name}.");
                else
                    Assert.AreEqual(value, actualRows[row][name], $"Row {row}, column {name}.");
            }
        }
    }
}
