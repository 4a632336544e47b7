using System.Buffers.Binary;
using System.Text;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Files of weights in PyTorch users' format: read whole or refused with a sentence.</summary>
[TestClass]
public sealed class SafetensorsTests
{
    [TestMethod]
    public void A_file_with_values_of_PyTorch_is_read_by_name_type_and_shape()
    {
        var tensors = Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "Golden", "init_emb.safetensors"));

        CollectionAssert.AreEquivalent(new[] { "other.weight", "init_emb", "steps" }, tensors.Keys.ToArray());
        Assert.AreEqual("F64", tensors["other.weight"].DType);
        Expect.Same<long>([2, 3], tensors["other.weight"].Shape.AsSpan());
        Expect.Same<long>([], tensors["steps"].Shape.AsSpan());
        Assert.AreEqual(7L, BinaryPrimitives.ReadInt64LittleEndian(tensors["steps"].Data.Span));
        Expect.SameBits(PyTorchValues, tensors["init_emb"].AsSingles());
    }

    [TestMethod]
    public void What_is_written_is_read_back_as_it_was() => Properties.Hold(
        from count in Gen.Choose(0, 4)
        from sizes in Gen.Choose(0, 5).ArrayOf(2 * count)
        select sizes,
        sizes =>
        {
            using var file = new TemporaryFile();
            var random = new Random(sizes.Length);
            var written = sizes.Chunk(2).Select((shape, index) => KeyValuePair.Create(
                $"layer.{index}", StoredTensor.OfSingles([shape[0], shape[1]], Sequences.Values(random, shape[0] * shape[1])))).ToList();

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
    public void The_data_begins_at_a_multiple_of_eight_as_the_format_asks()
    {
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, [new("a", StoredTensor.OfSingles([1], [1f]))]);

        var bytes = File.ReadAllBytes(file.Path);
        var header = Encoding.UTF8.GetString(bytes, sizeof(ulong), (int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        Assert.AreEqual(0, header.Length % 8);
        Assert.IsLessThan(8, header.Length - header.TrimEnd().Length, "No more spaces than that takes.");
    }

    [TestMethod]
    public void A_name_given_twice_is_refused_before_anything_is_written()
    {
        using var file = new TemporaryFile();
        var one = StoredTensor.OfSingles([1], [1f]);

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
    [DataRow("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': unknown type 'F33'")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "tensor 'a': expected two data offsets, found 1")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "its header is not what the format says")]
    [DataRow("""{"a":7}""", 4, "its header is not what the format says")]
    [DataRow("""[]""", 0, "its header is not what the format says")]
    [DataRow("""{"a":""", 0, "its header is not what the format says")]
    [DataRow("", 0, "its header is not what the format says")]
    public void A_header_that_does_not_fit_its_data_is_refused(string header, int dataBytes, string problem)
    {
        using var stream = new MemoryStream(Compose((ulong)Encoding.UTF8.GetByteCount(header), header, dataBytes));

        Expect.Error<FormatException>($"Not a whole .safetensors file: {problem}.", () => Safetensors.Read(stream));
    }

    [TestMethod]
    [DataRow(ulong.MaxValue)]
    [DataRow(100_000_001UL)]
    [DataRow(3UL)]
    public void A_header_length_that_cannot_be_is_refused_before_it_is_allocated(ulong announced)
    {
        using var stream = new MemoryStream(Compose(announced, "{}", 0));

        Expect.Error<FormatException>(
            $"Not a whole .safetensors file: a header of {announced} bytes is announced, 2 bytes are left.", () => Safetensors.Read(stream));
    }

    [TestMethod]
    public void More_data_than_an_array_takes_is_refused_before_it_is_read()
    {
        using var stream = new LongStream(Compose(2, "{}", 0), length: 3L << 30);

        Expect.Error<FormatException>(
            $"Not a whole .safetensors file: at most {Array.MaxLength} bytes of data can be read, found {(3L << 30) - 10}.", () => Safetensors.Read(stream));
    }

    [TestMethod]
    public void A_stream_is_read_from_where_it_is()
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
    public void Nothing_is_no_stream_and_no_tensors()
    {
        using var file = new TemporaryFile();

        Assert.AreEqual("stream", Assert.ThrowsExactly<ArgumentNullException>(() => Safetensors.Read((Stream)null!)).ParamName);
        Assert.AreEqual("tensors", Assert.ThrowsExactly<ArgumentNullException>(() => Safetensors.Write(file.Path, null!)).ParamName);
    }

    /// <summary>What the golden file's note says PyTorch drew.</summary>
    internal static float[] PyTorchValues => [0.8032760620117188f, 0.17483338713645935f, 0.08897809684276581f, -0.6137180328369141f, 0.04618244990706444f];

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
