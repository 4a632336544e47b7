namespace MlNetNtd.Tests;

/// <summary>TorchSharp's state files are read whole or refused with a clear error.</summary>
[TestClass]
public sealed class TorchSharpStateFileTests
{
    private const int U8 = 0;
    private const int Single = 6;

    private static readonly float[] Values = [0.25f, -1.5f, 3e-8f, 1e30f];

    [TestMethod]
    public void File_truncated_anywhere_is_refused()
    {
        using var file = new TemporaryFile();
        InitialEmbeddingFile.SaveTorchSharp(file.Path, Values);
        var whole = File.ReadAllBytes(file.Path);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(file.Path, whole[..length]);
            Assert.ThrowsExactly<FormatException>(() => InitialEmbeddingFile.LoadTorchSharp(file.Path), $"{length} bytes");
        }
    }

    [TestMethod]
    public void Tensors_of_any_rank_and_empty_ones_are_read_in_sequence()
    {
        var tensors = Read(writer =>
        {
            writer.Write7BitEncodedInt64(4);
            Write(writer, "", U8, [], [7]);
            Write(writer, "none", Single, [0, 5], []);
            Write(writer, "deep", U8, [.. Enumerable.Repeat(1L, 64)], [8]);
            Write(writer, "last", U8, [2], [9, 10]);
        });

        CollectionAssert.AreEquivalent(new[] { "", "none", "deep", "last" }, tensors.Keys.ToArray());
        CollectionAssert.AreEqual(new byte[] { 7 }, tensors[""].Data.ToArray());
        Assert.IsTrue(tensors["none"].Data.IsEmpty);
        Expect.Same<long>([0, 5], tensors["none"].Shape.AsSpan());
        Assert.HasCount(64, tensors["deep"].Shape);
        CollectionAssert.AreEqual(new byte[] { 9, 10 }, tensors["last"].Data.ToArray());
    }

    [TestMethod]
    public void Large_dimension_of_an_empty_tensor_is_accepted()
    {
        // 1 count, 2 name, 1 type, 1 rank, 2 dimensions.
        const int FileBytes = 7;
        var tensors = Read(writer =>
        {
            writer.Write7BitEncodedInt64(1);
            Write(writer, "a", U8, [FileBytes, 0], []);
        });

        Expect.Same<long>([FileBytes, 0], tensors["a"].Shape.AsSpan());
    }

    [TestMethod]
    public void Repeated_tensor_is_refused() => Refused("tensor 'a' is there twice", writer =>
    {
        writer.Write7BitEncodedInt64(2);
        Write(writer, "a", U8, [1], [7]);
        Write(writer, "a", U8, [1], [7]);
    });

    [TestMethod]
    [DataRow(-1)]
    [DataRow(9)]
    [DataRow(int.MaxValue)]
    public void Name_longer_than_the_file_is_refused(int length) => Refused($"a name of {length} bytes is announced, 8 are left", writer =>
    {
        writer.Write7BitEncodedInt64(1);
        writer.Write7BitEncodedInt(length);
        writer.Write("init_emb"u8);
    });

    [TestMethod]
    public void File_that_ends_after_a_name_is_refused() => Refused("it ends too early", writer =>
    {
        writer.Write7BitEncodedInt64(1);
        writer.Write("init_emb");
    });

    [TestMethod]
    [DataRow(8)]
    [DataRow(-1)]
    public void Unknown_or_variable_size_type_is_refused(int type) => Refused($"tensor 'a': unknown type {type}", writer =>
    {
        writer.Write7BitEncodedInt64(1);
        Write(writer, "a", type, [1], [7]);
    });

    [TestMethod]
    [DataRow(-1)]
    [DataRow(65)]
    [DataRow(long.MaxValue)]
    public void Too_many_dimensions_are_refused(long rank) => Refused($"tensor 'a': expected at most 64 dimensions, found {rank}", writer =>
    {
        writer.Write7BitEncodedInt64(1);
        writer.Write("a");
        writer.Write7BitEncodedInt64(U8);
        writer.Write7BitEncodedInt64(rank);
    });

    [TestMethod]
    [DataRow(-1)]
    [DataRow(1 << 20)]
    [DataRow(long.MaxValue)]
    public void Dimension_longer_than_the_file_is_refused_before_allocation(long size) =>
        Refused($"tensor 'a': a dimension of {size} is announced, more than the file can hold", writer =>
        {
            writer.Write7BitEncodedInt64(1);
            Write(writer, "a", Single, [size], []);
        });

    [TestMethod]
    public void Dimensions_whose_product_exceeds_the_file_are_refused() => Refused("tensor 'a': 4 bytes are announced, 3 are left", writer =>
    {
        writer.Write7BitEncodedInt64(1);
        Write(writer, "a", U8, [2, 2], [1, 2, 3]);
    });

    /// <summary>A file of holes, which takes no disk; 4 GiB and 4 bytes are 4 bytes to 32 bits.</summary>
    [TestMethod]
    [DataRow((1L << 31) + 16)]
    [DataRow((1L << 32) + 4)]
    public void Tensor_longer_than_an_array_is_skipped_for_another_tensor(long length)
    {
        using var file = new TemporaryFile();
        using (var writer = new BinaryWriter(File.Create(file.Path)))
        {
            writer.Write7BitEncodedInt64(2);
            Write(writer, "big", U8, [length], []);
            writer.Flush();
            writer.BaseStream.Seek(length, SeekOrigin.Current);
            Write(writer, InitialEmbeddingFile.Key, Single, [2], [0, 0, 128, 63, 0, 0, 0, 64]);
        }

        Expect.SameBits([1, 2], InitialEmbeddingFile.LoadTorchSharp(file.Path).AsSpan());
        Expect.Error<FormatException>(
            $"{file.Path}: tensor 'big': expected at most {Array.MaxLength} bytes, which is what one array holds, found {length}.", () => TorchSharpStateFile.Read(file.Path));
    }

    [TestMethod]
    public void Variable_length_number_of_too_many_bytes_is_refused() => Refused("a number takes more bytes than it may", writer => writer.Write([.. Enumerable.Repeat((byte)0x80, 11)]));

    [TestMethod]
    [DataRow(-1)]
    [DataRow((1 << 18) + 1)]
    public void Wrong_tensor_count_is_refused(long count) =>
        Refused($"expected at most 262144 tensors, found {count}", writer => writer.Write7BitEncodedInt64(count));

    [TestMethod]
    public void Control_characters_in_tensor_names_are_escaped() => Refused("tensor 'a\\u001B[31m\\u000D\\u000A\\u202E': unknown type 99", writer =>
    {
        writer.Write7BitEncodedInt64(1);
        Write(writer, "a\u001b[31m\r\n\u202e", 99, [], []);
    });

    private static void Write(BinaryWriter writer, string name, int type, long[] shape, byte[] data)
    {
        writer.Write(name);
        writer.Write7BitEncodedInt64(type);
        writer.Write7BitEncodedInt64(shape.Length);
        foreach (var size in shape)
            writer.Write7BitEncodedInt64(size);
        writer.Write(data);
    }

    private static IReadOnlyDictionary<string, TensorData> Read(Action<BinaryWriter> write)
    {
        using var file = new TemporaryFile();
        using (var writer = new BinaryWriter(File.Create(file.Path)))
            write(writer);
        return TorchSharpStateFile.Read(file.Path);
    }

    private static void Refused(string problem, Action<BinaryWriter> write)
    {
        var error = Assert.ThrowsExactly<FormatException>(() => Read(write));
        StringAssert.EndsWith(error.Message, $": not a whole TorchSharp state file: {problem}.", StringComparison.Ordinal);
    }
}
