using System.Runtime.InteropServices;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;

namespace MlNetNtd.Tests;

/// <summary>An embedding for each token id, from the sources that users have.</summary>
[TestClass]
public sealed class EmbeddingTableTests
{
    [TestMethod]
    public void Arrays_of_each_form_give_the_same_table()
    {
        foreach (var table in new[]
        {
            EmbeddingTable.FromArray(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }),
            EmbeddingTable.FromArray([1, 2, 3, 4, 5, 6], dimension: 3),
            EmbeddingTable.FromRows([[1, 2, 3], [4, 5, 6]]),
        })
        {
            Assert.AreEqual((2, 3), (table.Count, table.Dimension));
            CollectionAssert.AreEqual(new float[] { 4, 5, 6 }, table[1].ToArray());
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => table[2].ToArray());
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => table[-1].ToArray());
        }
    }

    [TestMethod]
    public void Table_is_a_copy()
    {
        var values = new float[] { 1, 2 };
        var table = EmbeddingTable.FromArray(values, dimension: 1);
        values[1] = float.NaN;

        Assert.AreEqual(2f, table[1][0]);
    }

    [TestMethod]
    public void Invalid_table_is_refused()
    {
        Refused("Embedding table, row 1: expected finite values, found NaN in dimension 2.", () => EmbeddingTable.FromRows([[1, 2, 3], [4, 5, float.NaN]]));
        Refused("Embedding table, row 0: expected finite values, found -Infinity in dimension 1.", () => EmbeddingTable.FromArray([1, float.NegativeInfinity], 2));
        Refused("Embedding table, row 1: expected 2 values, as in row 0, found 3.", () => EmbeddingTable.FromRows([[1, 2], [1, 2, 3]]));
        Refused("Embedding table: expected rows of at least one value, found no row.", () => EmbeddingTable.FromRows([]));
        Refused("Embedding table: expected rows of at least one value, found an empty one.", () => EmbeddingTable.FromRows([[]]));
        Refused("Embedding table: expected a multiple of 2 (dimension) values, found 3.", () => EmbeddingTable.FromArray([1, 2, 3], 2));
        Refused("Embedding table: expected (V, C) values, found (0, 2).", () => EmbeddingTable.FromArray(new float[0, 2]));

        static void Refused(string message, Action act) => Expect.Error<ArgumentException>(message, act);
    }

    [TestMethod]
    public void Tensor_of_a_file_is_read_whatever_its_precision() => Property.Check(
        from seed in Gen.Choose(0, 1 << 20)
        from rows in Gen.Choose(1, 5)
        from dimension in Gen.Choose(1, 5)
        select (seed, rows, dimension),
        one =>
        {
            var random = new Random(one.seed);
            // Halves of small whole numbers, which every type holds exactly.
            float[] values = [.. Enumerable.Range(0, one.rows * one.dimension).Select(_ => random.Next(-100, 100) / 2f)];
            foreach (var (type, bytes) in new (string, byte[])[]
            {
                ("F32", MemoryMarshal.AsBytes(values.AsSpan()).ToArray()),
                ("F64", MemoryMarshal.AsBytes(values.Select(value => (double)value).ToArray().AsSpan()).ToArray()),
                ("F16", MemoryMarshal.AsBytes(values.Select(value => (Half)value).ToArray().AsSpan()).ToArray()),
                ("BF16", MemoryMarshal.AsBytes(values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)).ToArray().AsSpan()).ToArray()),
            })
            {
                File(("embed", new TensorData(type, [one.rows, one.dimension], bytes)), path =>
                {
                    var table = EmbeddingTable.FromSafetensors(path);
                    CollectionAssert.AreEqual(values, Enumerable.Range(0, table.Count).SelectMany(id => table[id].ToArray()).ToArray(), type);
                });
            }
        },
        count: 10);

    [TestMethod]
    public void Tensor_is_found_by_name_or_as_the_only_table()
    {
        var (table, other, bias) = (TensorData.FromSingles([1, 2], [1, 2]), TensorData.FromSingles([1, 2], [3, 4]), TensorData.FromSingles([2], [0, 0]));

        File([("a", table), ("bias", bias)], path => Assert.AreEqual(1f, EmbeddingTable.FromSafetensors(path)[0][0]));
        File([("a", table), ("b", other), ("bias", bias)], path =>
        {
            Assert.AreEqual(3f, EmbeddingTable.FromSafetensors(path, "b")[0][0]);
            Refused($"'{path}': expected one tensor of two dimensions, or the name of one, found 'a', 'b'.", () => EmbeddingTable.FromSafetensors(path));
            Refused($"'{path}': expected a tensor 'c', found 'a', 'b', 'bias'.", () => EmbeddingTable.FromSafetensors(path, "c"));
            Refused($"'{path}', tensor 'bias': expected the shape (V, C), found (2).", () => EmbeddingTable.FromSafetensors(path, "bias"));
        });
        File(("ids", new TensorData("I64", [1, 1], new byte[8])), path => Refused(
            $"'{path}', tensor 'ids': expected items of type F32, F64, F16 or BF16, found I64.", () => EmbeddingTable.FromSafetensors(path)));
        File(("a", TensorData.FromSingles([2, 1], [0, float.NaN])), path => Refused(
            $"'{path}', tensor 'a': Embedding table, row 1: expected finite values, found NaN in dimension 0.", () => EmbeddingTable.FromSafetensors(path)));

        static void Refused(string message, Action act) => Assert.AreEqual(message, Assert.ThrowsExactly<FormatException>(act).Message);
    }

    /// <summary>The one line of the docs, against the real interface.</summary>
    [TestMethod]
    public async Task Embedding_generator_of_Microsoft_Extensions_AI_makes_a_table()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = new LengthGenerator();
        string[] vocabulary = ["a", "bb", "ccc"];

        var table = await EmbeddingTable.CreateAsync(
            vocabulary,
            async (texts, cancel) => (await generator.GenerateAsync(texts, cancellationToken: cancel)).Select(embedding => embedding.Vector),
            batchSize: 2);

        Assert.AreEqual(3, table.Count);
        CollectionAssert.AreEqual(new float[] { 3, -3 }, table[2].ToArray());
    }

    [TestMethod]
    public async Task Embeddings_that_do_not_match_their_texts_are_refused()
    {
        await Refused("embed: expected 1 embeddings, one for each text from text 2 on, found 0.", texts => texts.Length == 2 ? [new float[1], new float[1]] : []);
        await Refused("embed: Embedding table, row 2: expected 1 values, as in row 0, found 2.", texts => [.. texts.Select(text => new float[text == "c" ? 2 : 1])]);
        await Refused("embed: Embedding table, row 1: expected finite values, found NaN in dimension 0.", texts => [.. texts.Select(text => new[] { text == "b" ? float.NaN : 0 })]);
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => EmbeddingTable.CreateAsync([], (_, _) => Task.FromResult<IEnumerable<ReadOnlyMemory<float>>>([])));
        await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => EmbeddingTable.CreateAsync(
            ["a"], (_, _) => Task.FromResult<IEnumerable<ReadOnlyMemory<float>>>([]), cancellationToken: new CancellationToken(canceled: true)));

        static async Task Refused(string message, Func<string[], float[][]> embed) => Assert.AreEqual(
            message,
            (await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => EmbeddingTable.CreateAsync(
                ["a", "b", "c"], (texts, _) => Task.FromResult(embed([.. texts]).Select(row => (ReadOnlyMemory<float>)row)), batchSize: 2))).Message);
    }

    private static void File((string Name, TensorData Tensor) tensor, Action<string> use) => File([tensor], use);

    private static void File((string Name, TensorData Tensor)[] tensors, Action<string> use)
    {
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Tensor)));
        use(file.Path);
    }

    /// <summary>Embeds a text by its length.</summary>
    private sealed class LengthGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(new float[] { text.Length, -text.Length }))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
