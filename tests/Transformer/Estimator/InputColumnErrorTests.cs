using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Input columns that the transform cannot read are refused before any row is read, by every method that takes a schema.</summary>
[TestClass]
public sealed class InputColumnErrorTests
{
    private static readonly VectorDataViewType Shaped = new(NumberDataViewType.Single, 3, 4);

    private static readonly string[] Roles = ["previous embeddings", "current embeddings"];

    [TestMethod]
    [DataRow(0, DisplayName = "A_previous_column_that_is_missing")]
    [DataRow(1, DisplayName = "A_current_column_that_is_missing")]
    public void Missing_column_is_refused(int which)
    {
        var view = new TestView(1).Vector(Name(1 - which), Shaped, _ => new float[12]);

        foreach (var takeSchema in EverythingThatTakesASchema(view).Append(() => Shape(view)))
            SchemaError($"Could not find {Roles[which]} column '{Name(which)}'.", takeSchema);
    }

    [TestMethod]
    [DataRow(0, DisplayName = "A_previous_column_of_the_wrong_type")]
    [DataRow(1, DisplayName = "A_current_column_of_the_wrong_type")]
    public void Column_of_the_wrong_type_is_refused(int which)
    {
        const string Convert = "Convert it with mlContext.Transforms.Conversion.ConvertType(\"{0}\", outputKind: DataKind.Single).";
        const string Join = "Make a vector of it with mlContext.Transforms.Concatenate(\"{0}\", ...), of Single items.";
        const string Embed = "Turn it into embeddings first, for example with mlContext.Transforms.CustomMapping.";
        const string MapKeys = "Map keys to embeddings first, for example with mlContext.Transforms.CustomMapping.";
        var key = new KeyDataViewType(typeof(uint), 7);

        WrongType<VBuffer<double>>(which, new VectorDataViewType(NumberDataViewType.Double, 3, 4), "Vector<Double, 3, 4>", "Vector<Double>", Convert);
        WrongType<VBuffer<int>>(which, new VectorDataViewType(NumberDataViewType.Int32), "Vector<Int32>", "VarVector<Int32>", Convert);
        WrongType<VBuffer<bool>>(which, new VectorDataViewType(BooleanDataViewType.Instance, 12), "Vector<Boolean, 12>", "Vector<Boolean>", Convert);
        WrongType<float>(which, NumberDataViewType.Single, "Single", "Single", Join);
        WrongType<ReadOnlyMemory<char>>(which, TextDataViewType.Instance, "String", "String", Embed);
        WrongType<VBuffer<ReadOnlyMemory<char>>>(
            which, new VectorDataViewType(TextDataViewType.Instance, 2), "Vector<String, 2>", "Vector<String>", Embed);
        WrongType<uint>(which, key, "Key<UInt32, 0-6>", "Key<UInt32>", MapKeys);
        WrongType<VBuffer<uint>>(which, new VectorDataViewType(key, 3), "Vector<Key<UInt32, 0-6>, 3>", "Vector<Key<UInt32>>", MapKeys);
    }

    [TestMethod]
    public void Size_that_is_not_a_multiple_of_C_is_refused()
    {
        var flat = new VectorDataViewType(NumberDataViewType.Single, 12);

        SchemaError(
            "Schema mismatch for previous embeddings column 'PreviousEmbeddings': expected a size that is a multiple of 5 "
            + "(EmbeddingDimension), got Vector<Single, 12>.",
            () => Transformers.Fit(View(flat, flat), options => options.EmbeddingDimension = 5));
        SchemaError(
            "Schema mismatch for current embeddings column 'CurrentEmbeddings': expected a size that is a multiple of 5 "
            + "(EmbeddingDimension), got Vector<Single, 12>.",
            () => Transformers.Fit(View(new VectorDataViewType(NumberDataViewType.Single), flat), options => options.EmbeddingDimension = 5));
    }

    [TestMethod]
    public void Size_of_more_than_MaxTokens_is_refused() => SchemaError(
        "Schema mismatch for previous embeddings column 'PreviousEmbeddings': expected at most 2 tokens (the transform's MaxTokens) of dimension 4, "
        + "got Vector<Single, 3, 4>.",
        () => Transformers.Fit(View(Shaped, Shaped), options => options.MaxTokens = 2));

    [TestMethod]
    public void Size_whose_mask_fits_no_array_is_refused()
    {
        var type = new VectorDataViewType(NumberDataViewType.Single, 23171, 2);

        SchemaError(
            "Schema mismatch for previous embeddings column 'PreviousEmbeddings': expected at most 23170 tokens (the transform's MaxTokens) of "
            + "dimension 2, got Vector<Single, 23171, 2>.",
            () => Transformers.Fit(View(type, type)));
    }

    [TestMethod]
    public void Columns_of_different_sizes_are_refused()
    {
        var shorter = new VectorDataViewType(NumberDataViewType.Single, 8);

        SchemaError(
            "Schema mismatch for current embeddings column 'CurrentEmbeddings': expected 3 tokens as in column 'PreviousEmbeddings', "
            + "got Vector<Single, 8>.",
            () => Transformers.Fit(View(Shaped, shorter)));
    }

    [TestMethod]
    public void Type_with_another_C_than_EmbeddingDimension_is_refused()
    {
        SchemaError(
            "Schema mismatch for previous embeddings column 'PreviousEmbeddings': expected embeddings of dimension 6 "
            + "(EmbeddingDimension), got Vector<Single, 3, 4>.",
            () => Transformers.Fit(View(Shaped, Shaped), options => options.EmbeddingDimension = 6));
        SchemaError(
            "Schema mismatch for previous embeddings column 'PreviousEmbeddings': expected embeddings of dimension 2 "
            + "(EmbeddingDimension), got Vector<Single, 3, 4>.",
            () => Transformers.Fit(View(Shaped, Shaped), options => options.InitialEmbedding = [1, 2]));
    }

    [TestMethod]
    public void Mismatched_C_is_refused_before_anything_is_allocated()
    {
        var view = View(Shaped, Shaped);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Transformers.Fit(view, options => options.EmbeddingDimension = 5));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Transformers.Fit(view, options => (options.EmbeddingDimension, options.MaxTokens) = (1 << 24, 9)));

        Assert.IsLessThan(1L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Column_types_with_different_C_are_refused()
    {
        var other = new VectorDataViewType(NumberDataViewType.Single, 2, 6);

        SchemaError(
            "Schema mismatch for current embeddings column 'CurrentEmbeddings': expected embeddings of dimension 4 "
            + "(EmbeddingDimension), got Vector<Single, 2, 6>.",
            () => Transformers.Fit(View(Shaped, other)));
    }

    [TestMethod]
    public void Padding_to_impossible_rows_is_refused()
    {
        var free = new VectorDataViewType(NumberDataViewType.Single);

        SchemaError(
            "Schema mismatch for previous embeddings column 'PreviousEmbeddings': expected combined sequences of at most 2147483591 "
            + "values, got 2 * 23170 tokens of dimension 100000.",
            () => Transformers.Fit(View(free, free), options =>
            {
                options.EmbeddingDimension = 100_000;
                options.MaxTokens = 23170;
                options.PadToMaxTokens = true;
            }));
    }

    private static void WrongType<T>(int which, DataViewType type, string found, string shape, string advice)
    {
        var view = new TestView(1)
            .Vector(Name(1 - which), Shaped, _ => new float[12])
            .Add(Name(which), type, (long _, ref T _) => { });
        var mismatch = $"Schema mismatch for {Roles[which]} column '{Name(which)}': expected Vector<Single>, got ";
        var doThis = ". " + advice.Replace("{0}", Name(which), StringComparison.Ordinal);

        foreach (var takeSchema in EverythingThatTakesASchema(view))
            SchemaError(mismatch + found + doThis, takeSchema);
        SchemaError(mismatch + shape + doThis, () => Shape(view));
        Assert.AreEqual(0, view.Opened);
    }

    private static IEnumerable<Action> EverythingThatTakesASchema(TestView view)
    {
        yield return () => Transformers.Fit(view);

        var fitted = Transformers.Fit(View(Shaped, Shaped));
        yield return () => fitted.GetOutputSchema(view.Schema);
        yield return () => fitted.Transform(view);
        yield return () => fitted.GetRowToRowMapper(view.Schema);
    }

    private static void Shape(TestView view) => new MLContext(seed: 1).Transforms.NextTokenDiscriminator().GetOutputSchema(Shapes.Of(view.Schema));

    private static void SchemaError(string message, Action takeSchema) =>
        Assert.AreEqual("inputSchema", Expect.Error<ArgumentOutOfRangeException>(message, takeSchema).IsMarked().ParamName);

    private static string Name(int which) => which == 0 ? Views.Previous : Views.Current;

    private static TestView View(VectorDataViewType previous, VectorDataViewType current) => new TestView(1)
        .Vector(Views.Previous, previous, _ => new float[12])
        .Vector(Views.Current, current, _ => new float[12]);
}
