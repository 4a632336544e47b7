using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The description of a model zip, made without loading anything.</summary>
[TestClass]
public sealed class InspectTests
{
    [TestMethod]
    public void Null_stream_or_path_is_refused_by_parameter_name()
    {
        Assert.AreEqual("stream", Assert.ThrowsExactly<ArgumentNullException>(() => ModelFileInspector.Inspect((Stream)null!)).ParamName);
        Assert.AreEqual("path", Assert.ThrowsExactly<ArgumentNullException>(() => ModelFileInspector.Inspect((string)null!)).ParamName);
    }

    [TestMethod]
    public void Stage_alone_is_described()
    {
        var zip = InspectedModels.Stage();

        var found = InspectedModels.Inspect(zip);

        CollectionAssert.AreEqual(Zips.Read(zip).Select(entry => (entry.Name, (long)entry.Bytes.Length)).ToArray(),
            found.Entries.Select(entry => (entry.Name, entry.Bytes)).ToArray());
        var stage = found.Stages.Single(stage => stage.LoaderSignature == "NextTokenDiscriminator");
        Assert.AreEqual(typeof(NextTokenDiscriminatorTransformer).Assembly.FullName, stage.AssemblyName);
        Assert.AreEqual(("NTDSTAGE", 0x00010002u), (stage.ModelSignature, stage.ModelVersion));
    }

    [TestMethod]
    public void Chain_among_stages_of_ML_NET_is_described()
    {
        var found = InspectedModels.Inspect(InspectedModels.Chain());

        Assert.AreEqual(("TransformerChain", "TransformerChain"), (found.Stages[0].Path, found.Stages[0].LoaderSignature));
        var direct = found.Stages.Where(stage => stage.Path.StartsWith("TransformerChain/Transform_", StringComparison.Ordinal)
            && stage.Path.Count(letter => letter == '/') == 1);
        CollectionAssert.AreEqual(
            new[] { "NextTokenDiscriminator", "CopyTransform", "KeyToValueTransform", "Normalizer", "SelectColumnsTransform" },
            direct.Select(stage => stage.LoaderSignature).ToArray());
        Assert.IsTrue(found.Stages.All(stage => stage.AssemblyName is not null));
    }

    [TestMethod]
    public void Columns_equal_those_that_MLNet_reads()
    {
        var zip = InspectedModels.Chain(out var saved);

        var found = InspectedModels.Inspect(zip).Schema;

        SavedModels.Load(zip, out var schema);
        CollectionAssert.AreEqual(saved.Select(column => column.Name).ToArray(), schema.Select(column => column.Name).ToArray());
        CollectionAssert.AreEqual(schema.Select(column => column.Name).ToArray(), found.Select(column => column.Name).ToArray());
        for (var i = 0; i < found.Length; i++)
        {
            var (expected, column) = (schema[i], found[i]);
            CollectionAssert.AreEqual(
                expected.Type is VectorDataViewType vector ? vector.Dimensions.ToArray() : [], column.Dimensions.ToArray(), column.Name);
            var key = (expected.Type is VectorDataViewType { ItemType: var item } ? item : expected.Type) as KeyDataViewType;
            Assert.AreEqual(key?.Count, column.KeyCount, column.Name);
            CollectionAssert.AreEquivalent(expected.Annotations.Schema.Select(kind => kind.Name).ToArray(), column.Annotations.ToArray(), column.Name);
        }

        Assert.IsTrue(found.Any(column => column.Annotations.Contains("SlotNames")) && found.Any(column => column.Annotations.Contains("KeyValues")));
    }

    [TestMethod]
    public void Model_with_the_loader_of_its_data_is_described()
    {
        var found = InspectedModels.Inspect(InspectedModels.WithLoader());

        Assert.IsEmpty(found.Schema);
        Assert.IsTrue(found.Stages.Any(stage => stage.LoaderSignature == "TextLoader"), string.Join(", ", found.Stages));
    }

    [TestMethod]
    public void Model_without_a_schema_has_no_columns()
    {
        var view = new MLContext(seed: 1).Data.LoadFromEnumerable(TestRows.Shaped(3));

        Assert.IsEmpty(InspectedModels.Inspect(SavedModels.Save(Transformers.Fit(view), inputSchema: null)).Schema);
    }

    [TestMethod]
    public void Stream_is_left_open_at_its_beginning_and_loads()
    {
        using var stream = new MemoryStream(InspectedModels.Chain());

        ModelFileInspector.Inspect(stream);

        Assert.AreEqual(0, stream.Position);
        Assert.IsNotNull(new MLContext(seed: 1).Model.Load(stream, out _));
    }

    [TestMethod]
    public void File_is_closed_whether_it_passes_or_not()
    {
        using var file = new TemporaryFile();
        File.WriteAllBytes(file.Path, InspectedModels.Stage());
        ModelFileInspector.Inspect(file.Path);
        using (File.Open(file.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
        }

        File.WriteAllBytes(file.Path, InspectedModels.Stage()[1..]);
        Assert.ThrowsExactly<ModelFileException>(() => ModelFileInspector.Inspect(file.Path));
        using (File.Open(file.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
        }
    }

    [TestMethod]
    public void Missing_file_is_a_FileNotFoundException() =>
        Assert.ThrowsExactly<FileNotFoundException>(() => ModelFileInspector.Inspect("no such model.zip"));

    [TestMethod]
    public void Stream_without_positions_is_an_argument_error()
    {
        using var stream = new System.IO.Compression.DeflateStream(new MemoryStream(), System.IO.Compression.CompressionMode.Decompress);

        Assert.ThrowsExactly<ArgumentException>(() => ModelFileInspector.Inspect(stream));
    }

    /// <summary>A file that is written to meanwhile: our own look at its directory passes, and .NET's reader finds another.</summary>
    [TestMethod]
    public void Zip_that_changes_while_it_is_read_is_refused()
    {
        using var stream = new ChangingStream(InspectedModels.Stage());

        var error = Assert.ThrowsExactly<ModelFileException>(() => ModelFileInspector.Inspect(stream));

        Assert.AreEqual(("(zip)", "directory"), (error.Entry, error.Field));
        Assert.IsInstanceOfType<InvalidDataException>(error.InnerException);
        Assert.AreEqual(0, stream.Position);
    }

    [TestMethod]
    public void Limits_out_of_range_are_argument_errors()
    {
        var zip = InspectedModels.Stage();
        ModelFileOptions[] options =
        [
            new() { MaxEntries = 0 }, new() { MaxEntries = 65535 }, new() { MaxBytes = 0 }, new() { MaxSchemaBytes = 0 },
            new() { MaxSchemaBytes = int.MaxValue },
        ];
        foreach (var option in options)
            Assert.ThrowsExactly<ArgumentException>(() => InspectedModels.Inspect(zip, option));

        var entries = Zips.Read(zip);
        var most = new ModelFileOptions { MaxEntries = 65534, MaxSchemaBytes = 1 << 30 };
        var least = new ModelFileOptions { MaxEntries = entries.Count, MaxSchemaBytes = Zips.Entry(zip, "Schema").Length };
        Assert.HasCount(entries.Count, InspectedModels.Inspect(zip, most).Entries);
        Assert.HasCount(entries.Count, InspectedModels.Inspect(zip, least).Entries);
        // Caps that no model keeps are caps all the same.
        RefusedModelTests.IsRefused(zip, "entries", new() { MaxEntries = 1 });
        RefusedModelTests.IsRefused(zip, "size", new() { MaxBytes = 1 });
        RefusedModelTests.IsRefused(zip, "size", new() { MaxSchemaBytes = 1 });
    }

    [TestMethod]
    public void Vectors_and_single_values_are_told_apart()
    {
        var columns = InspectedModels.Inspect(InspectedModels.Stage()).Schema;

        Assert.IsTrue(columns.Single(column => column.Name == "PreviousEmbeddings").IsVector);
        Assert.IsFalse(columns.Single(column => column.Name == "Text").IsVector);
    }

    // Loses its end once it is read from its beginning again.
    private sealed class ChangingStream(byte[] zip) : MemoryStream(zip)
    {
        public override long Position
        {
            get => base.Position;
            set
            {
                base.Position = value;
                if (value == 0)
                    SetLength(Length / 2);
            }
        }
    }
}
