using System.Buffers.Binary;
using System.Text;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>.safetensors files are read whole or refused with a clear error.</summary>
[TestClass]
public sealed class SafetensorsTests
{
    [TestMethod]
    public void File_with_values_of_PyTorch_is_read_by_name_type_and_shape()
    {
        var tensors = Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "Golden", "init_emb.safetensors"));

        CollectionAssert.AreEquivalent(new[] { "other.weight", "init_emb", "steps" }, tensors.Keys.ToArray());
        Assert.AreEqual("F64", tensors["other.weight"].DType);
        Expect.Same<long>([2, 3], tensors["other.weight"].Shape.AsSpan());
        Expect.Same<long>([], tensors["steps"].Shape.AsSpan());
        Assert.AreEqual(7L, BinaryPrimitives.ReadInt64LittleEndian(tensors["steps"].Data.Span));
        Expect.SameBits(Golden.InitialEmbeddingOfPyTorch, tensors["init_emb"].AsSingles());
    }

    [TestMethod]
    public void Written_tensors_are_read_back_unchanged() => Property.Check(
        from count in Gen.Choose(0, 4)
        from sizes in Gen.Choose(0, 5).ArrayOf(2 * count)
        select sizes,
        sizes =>
        {
            using var file = new TemporaryFile();
            var random = new Random(sizes.Length);
            var written = sizes.Chunk(2).Select((shape, index) => KeyValuePair.Create(
                $"layer.{index}", TensorData.FromSingles([shape[0], shape[1]], Sequences.Values(random, shape[0] * shape[1])))).ToList();

            Safetensors.Write(file.Path, written);
            var read = Safetensors.Read(file.Path);

            Assert.AreEqual(written.Count, read.Count);
            foreach (var (name, tensor) in written)
            {
                Expect.Same(tensor.Shape.AsSpan(), read[name].Shape.AsSpan());
                Expect.SameBits(tensor.AsSingles(), read[name].AsSingles());
            }
        });

    [TestMethod]
    public void Data_begins_at_a_multiple_of_eight()
    {
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, [new("a", TensorData.FromSingles([1], [1f]))]);

        var bytes = File.ReadAllBytes(file.Path);
        var header = Encoding.UTF8.GetString(bytes, sizeof(ulong), (int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        Assert.AreEqual(0, header.Length % 8);
        Assert.IsLessThan(8, header.Length - header.TrimEnd().Length, "No more spaces than that takes.");
    }

    [TestMethod]
    public void Metadata_of_a_stream_is_read_from_its_position_and_the_stream_stays_open()
    {
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, [new("a", TensorData.FromSingles([1], [1f]))], new Dictionary<string, string> { ["key"] = "text" });
        using var stream = new MemoryStream([1, 2, 3, .. File.ReadAllBytes(file.Path)]) { Position = 3 };

        Assert.AreEqual("text", Safetensors.ReadMetadata(stream)["key"]);
        stream.Position = 3;
        Assert.AreEqual(1f, Safetensors.Read(stream)["a"].AsSingles()[0]);
    }

    [TestMethod]
    public void Name_given_twice_is_refused_before_anything_is_written()
    {
        using var file = new TemporaryFile();
        var one = TensorData.FromSingles([1], [1f]);

        Expect.Error<ArgumentException>(
            "Tensor 'a' cannot be written: the name is taken.", () => Safetensors.Write(file.Path, [new("a", one), new("a", one)]));

        Assert.IsFalse(File.Exists(file.Path));
    }

    [TestMethod]
    public void Every_truncation_is_refused()
    {
        var whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "init_emb.safetensors"));
        for (var length = 0; length < whole.Length; length++)
        {
            using var stream = new MemoryStream(whole[..length]);
            Assert.ThrowsExactly<FormatException>(() => Safetensors.Read(stream), $"{length} bytes");
        }
    }

    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "tensor 'a': bytes 0 to 8 of 4, expected from 0")]
    [DataRow("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "tensor 'a': shape (-1) of U8 does not take 1 bytes")]
    [DataRow("""{"a":{"dtype":"U8","shape":[-1,-4],"data_offsets":[0,4]}}""", 4, "tensor 'a': shape (-1, -4) of U8 does not take 4 bytes")]
    [DataRow("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "tensor 'a': shape (4294967296, 4294967296) of U8 does not take 0 bytes")]
    [DataRow("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,1]}}""", 1, "tensor 'a': shape (4294967296, 4294967296) of U8 does not take 1 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[3],"data_offsets":[4,12]}}""", 12, "tensor 'b': shape (3) of F32 does not take 8 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'a' is there twice")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes belong to no tensor")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "tensor 'a': shape (3) of F32 does not take 8 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "tensor 'a': shape (-2) of F32 does not take 8 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8, "tensor 'a': shape (4611686018427387904, 4) of F32 does not take 8 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "tensor 'b': bytes 0 to 4 of 8, expected from 4")]
    [DataRow("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", 2, "tensor 'a': shape (3) of F4 does not take 2 bytes")]
    [DataRow("""{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,4]}}""", 4, "tensor 'a': shape (4) of F6_E2M3 does not take 4 bytes")]
    [DataRow("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1, "its header is not what the format says")]
    [DataRow("""{"a":{"dtype":"U8","shape":[1e400],"data_offsets":[0,1]}}""", 1, "its header is not what the format says")]
    [DataRow("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,1]}}""", 1, "its header is not what the format says")]
    [DataRow("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "its header is not what the format says")]
    [DataRow("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}}""", 1, "its header is not what the format says")]
    [DataRow("""{"\u001b[31m":{"dtype":"U8","shape":[3],"data_offsets":[0,1]}}""", 1, "tensor '\\u001B[31m': shape (3) of U8 does not take 1 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "tensor 'a': expected two data offsets, found 1")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "its header is not what the format says")]
    [DataRow("""{"a":7}""", 4, "its header is not what the format says")]
    [DataRow("""[]""", 0, "its header is not what the format says")]
    [DataRow("""{"a":""", 0, "its header is not what the format says")]
    [DataRow("", 0, "its header is not what the format says")]
    public void Header_that_does_not_fit_its_data_is_refused(string header, int dataBytes, string problem)
    {
        using var stream = new MemoryStream(Compose((ulong)Encoding.UTF8.GetByteCount(header), header, dataBytes));

        Expect.Error<FormatException>($"Not a whole .safetensors file: {problem}.", () => Safetensors.Read(stream));
    }

    [TestMethod]
    [DataRow(ulong.MaxValue)]
    [DataRow(100_000_001UL)]
    [DataRow(3UL)]
    public void Impossible_header_length_is_refused_before_allocation(ulong announced)
    {
        using var stream = new MemoryStream(Compose(announced, "{}", 0));

        Expect.Error<FormatException>(
            $"Not a whole .safetensors file: a header of {announced} bytes is announced, 2 bytes are left.", () => Safetensors.Read(stream));
    }

    [TestMethod]
    public void Stream_that_ends_early_is_refused()
    {
        const string Header = """{"a":{"dtype":"U8","shape":[100],"data_offsets":[0,100]}}""";
        using var stream = new LongStream(Compose((ulong)Header.Length, Header, 7), length: 8 + Header.Length + 100);

        Expect.Error<FormatException>("Not a whole .safetensors file: it ends too early.", () => Safetensors.Read(stream));
    }

    /// <summary>Those of version 0.7 of the format, on a tensor that nobody asked for.</summary>
    [TestMethod]
    [DataRow("BOOL", "4", 4)]
    [DataRow("F4", "2,8", 8)]
    [DataRow("F6_E2M3", "4", 3)]
    [DataRow("F6_E3M2", "2,2", 3)]
    [DataRow("F8_E4M3", "4", 4)]
    [DataRow("F8_E5M2", "4", 4)]
    [DataRow("F8_E8M0", "4", 4)]
    [DataRow("F8_E4M3FNUZ", "4", 4)]
    [DataRow("F8_E5M2FNUZ", "4", 4)]
    [DataRow("BF16", "4", 8)]
    [DataRow("C64", "2", 16)]
    [DataRow("U64", "0,7", 0)]
    public void Every_type_of_the_format_is_read_with_its_size(string type, string shape, int bytes)
    {
        using var file = new TemporaryFile();
        File.WriteAllBytes(file.Path, Beside(type, shape, bytes));

        Expect.SameBits([0, 0], InitialEmbeddingFile.LoadSafetensors(file.Path).AsSpan());
        Assert.AreEqual((type, bytes), (Safetensors.Read(file.Path)["other"].DType, Safetensors.Read(file.Path)["other"].Data.Length));
    }

    [TestMethod]
    public void Unknown_type_is_skipped_for_another_tensor_and_refused_for_all()
    {
        using var file = new TemporaryFile();
        File.WriteAllBytes(file.Path, Beside("F3_\\u001b", "7", 3));

        Expect.SameBits([0, 0], InitialEmbeddingFile.LoadSafetensors(file.Path).AsSpan());
        var error = Assert.ThrowsExactly<FormatException>(() => Safetensors.Read(file.Path));
        StringAssert.StartsWith(error.Message, $"{file.Path}: tensor 'other' is of type 'F3_\\u001B', which is not known: expected one of BOOL, F4, ", StringComparison.Ordinal);
    }

    /// <summary>A file of holes, which takes no disk.</summary>
    [TestMethod]
    public void Tensor_longer_than_an_array_is_skipped_for_another_tensor()
    {
        using var file = new TemporaryFile();
        var length = (1L << 31) + 16;
        var header = $$$"""{"big":{"dtype":"U8","shape":[{{{length}}}],"data_offsets":[0,{{{length}}}]},"init_emb":{"dtype":"F32","shape":[2],"data_offsets":[{{{length}}},{{{length + 8}}}]}}""";
        using (var stream = File.Create(file.Path))
        {
            stream.Write(Compose((ulong)header.Length, header, 0));
            stream.Seek(length, SeekOrigin.Current);
            stream.Write([0, 0, 128, 63, 0, 0, 0, 64]);
        }

        Expect.SameBits([1, 2], InitialEmbeddingFile.LoadSafetensors(file.Path).AsSpan());
        Expect.Error<FormatException>(
            $"{file.Path}: tensor 'big': expected at most {Array.MaxLength} bytes, which is what one array holds, found {length}.", () => Safetensors.Read(file.Path));
    }

    [TestMethod]
    public void Other_file_formats_are_named()
    {
        Told("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"u8, "a pointer of Git LFS: fetch the file itself, by 'git lfs pull'");
        Told("""{"metadata":{},"weight_map":{"init_emb":"model-00001-of-00002.safetensors"}}"""u8, "JSON, as an index of shards is (model.safetensors.index.json): read the files that it names");
        Told("PK\u0003\u0004 and so on, as a zip is"u8, "a zip archive, as PyTorch's torch.save writes it: save the tensors by safetensors.torch.save_file");
        Told("<!DOCTYPE html><html><body>404</body></html>"u8, "HTML or XML, as a download of a page is");

        static void Told(ReadOnlySpan<byte> content, string found)
        {
            using var file = new TemporaryFile();
            File.WriteAllBytes(file.Path, content);
            Expect.Error<FormatException>($"{file.Path}: expected a .safetensors file, found {found}.", () => InitialEmbeddingFile.LoadSafetensors(file.Path));
            Expect.Error<FormatException>($"{file.Path}: expected a TorchSharp state file, found {found}.", () => InitialEmbeddingFile.LoadTorchSharp(file.Path));
        }
    }

    [TestMethod]
    public void Every_error_about_a_file_begins_with_its_path()
    {
        using var file = new TemporaryFile();
        foreach (var content in new byte[][] { [], [1, 2, 3], Compose(3, "{}", 0), Compose(2, "[]", 0), Compose(2, "{}", 1) })
        {
            File.WriteAllBytes(file.Path, content);
            StringAssert.StartsWith(Assert.ThrowsExactly<FormatException>(() => Safetensors.Read(file.Path)).Message, $"{file.Path}: not a whole .safetensors file: ", StringComparison.Ordinal);
        }
    }

    /// <summary>What a header costs to read is a small multiple of its length, whatever it says.</summary>
    [TestMethod]
    public void Huge_header_values_take_little_memory_and_give_a_short_error()
    {
        const int Length = 4_000_000;
        var shape = $$$"""{"a":{"dtype":"U8","data_offsets":[0,1],"shape":[{{{string.Join(',', Enumerable.Repeat("1", Length / 2))}}}]}}""";
        var tensors = "{" + string.Join(',', Enumerable.Range(0, Length / 55).Select(i => $$$"""
            "{{{i:X}}}":{"dtype":"U8","shape":[],"data_offsets":[0,1]}
            """)) + "}";
        var name = $$$"""{"{{{new string('n', Length)}}}":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}""";
        var metadata = "{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, Length / 12).Select(i => $"\"{i:X}\":\"a\"")) + "}}";
        foreach (var (header, problem) in new[]
        {
            (shape, "tensor 'a': expected at most 64 dimensions, found more"),
            (tensors, "tensor '1': bytes 0 to 1 of 1, expected from 1"),
            (name, $"tensor '{new string('n', 200)}...': shape (2) of U8 does not take 1 bytes"),
            (metadata, "1 bytes belong to no tensor"),
        })
        {
            using var stream = new MemoryStream(Compose((ulong)header.Length, header, 1));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Expect.Error<FormatException>($"Not a whole .safetensors file: {problem}.", () => Safetensors.Read(stream));
            Assert.IsLessThan(10L * header.Length, GC.GetAllocatedBytesForCurrentThread() - before, problem);
        }
    }

    [TestMethod]
    public void Unreadable_content_is_refused_before_the_file_is_touched()
    {
        using var file = new TemporaryFile();
        File.WriteAllBytes(file.Path, [1, 2, 3]);
        Refused("a", new TensorData("F32", [2], new byte[4]), "shape (2) of F32 does not take 4 bytes");
        Refused("a", new TensorData("float32", [1], new byte[4]), $"expected a type of {SafetensorsType.All}, found 'float32'");
        Refused("a", new TensorData(null!, [1], new byte[4]), $"expected a type of {SafetensorsType.All}, found none");
        Refused("a", new TensorData("F32", [-1], new byte[4]), "shape (-1) of F32 does not take 4 bytes");
        Refused("a", new TensorData("F32", default, new byte[4]), "expected a shape, found none");
        Refused("a", new TensorData("U8", [.. Enumerable.Repeat(1L, 65)], new byte[1]), "expected at most 64 dimensions, found 65");
        Refused("a", new TensorData("F4", [1], new byte[1]), "shape (1) of F4 does not take 1 bytes");
        Refused("a", null!, "expected a tensor, found none");
        Refused("__metadata__", TensorData.FromSingles([1], [1f]), "the name is taken");
        Refused("\ud800", TensorData.FromSingles([1], [1f]), "expected a name of Unicode text, found none", shown: "\\uD800");
        Refused(null!, TensorData.FromSingles([1], [1f]), "expected a name of Unicode text, found none", shown: "");

        void Refused(string name, TensorData tensor, string problem, string? shown = null)
        {
            Expect.Error<ArgumentException>($"Tensor '{shown ?? name}' cannot be written: {problem}.", () => Safetensors.Write(file.Path, [new(name, tensor)]));
            CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(file.Path));
        }
    }

    /// <summary>So that PyTorch, NumPy and others can view them where they lie.</summary>
    [TestMethod]
    public void Each_tensor_begins_at_a_multiple_of_its_items_size()
    {
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path,
        [
            new("ids", new TensorData("U8", [3], new byte[] { 1, 2, 3 })), new("half", new TensorData("F16", [3], new byte[6])),
            new("weight", TensorData.FromSingles([2], [1f, 2f])), new("bits", new TensorData("F4", [2], new byte[1])), new("long", new TensorData("I64", [1], new byte[8])),
        ]);

        using var read = SafetensorsFile.Open(file.Path);
        CollectionAssert.AreEqual(new[] { "long", "weight", "half", "ids", "bits" }, read.Entries.Select(entry => entry.Name).ToArray());
        Assert.IsTrue(read.Entries.All(entry => entry.Begin * 8 % SafetensorsType.GetBits(entry.DType) == 0));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, Safetensors.Read(file.Path)["ids"].Data.ToArray());
    }

    [TestMethod]
    public void Stream_is_read_from_its_position()
    {
        byte[] ahead = [1, 2, 3];
        var whole = Compose(2, "{}", 0);
        using var stream = new MemoryStream([.. ahead, .. whole]);
        stream.Position = ahead.Length;

        Assert.IsEmpty(Safetensors.Read(stream));

        using var cut = new MemoryStream([.. ahead, .. whole[..7]]);
        cut.Position = ahead.Length;
        Expect.Error<FormatException>("Not a whole .safetensors file: expected at least 8 bytes, found 7.", () => Safetensors.Read(cut));
    }

    [TestMethod]
    public void Null_stream_and_tensors_are_refused()
    {
        using var file = new TemporaryFile();

        Assert.AreEqual("stream", Assert.ThrowsExactly<ArgumentNullException>(() => Safetensors.Read((Stream)null!)).ParamName);
        Assert.AreEqual("tensors", Assert.ThrowsExactly<ArgumentNullException>(() => Safetensors.Write(file.Path, null!)).ParamName);
    }

    // An initial embedding, and another tensor behind it.
    private static byte[] Beside(string type, string shape, int bytes)
    {
        var header = $$$"""{"init_emb":{"dtype":"F32","shape":[1,1,2],"data_offsets":[0,8]},"other":{"dtype":"{{{type}}}","shape":[{{{shape}}}],"data_offsets":[8,{{{8 + bytes}}}]}}""";
        return Compose((ulong)header.Length, header, 8 + bytes);
    }

    private static byte[] Compose(ulong announced, string header, int dataBytes)
    {
        var prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, announced);
        return [.. prefix, .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]];
    }

    /// <summary>A stream that says it is longer than it is.</summary>
    private sealed class LongStream(byte[] bytes, long length) : MemoryStream(bytes)
    {
        public override long Length => length;
    }
}
