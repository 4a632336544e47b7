using System.Buffers.Binary;

namespace MlNetNtd;

public sealed partial class EmbeddingTable
{
    /// <summary>Reads a table from a tensor of a .safetensors file, (V, C), of type F32, F16, F64 or BF16.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="tensor">
    /// The tensor's name, for example <c>model.embed_tokens.weight</c>; null for the only two-dimensional tensor in the file.
    /// </param>
    /// <returns>The table.</returns>
    /// <exception cref="FormatException">
    /// The file is damaged, the tensor is missing, has another shape or type, or a value is not finite.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EmbeddingTable FromSafetensors(string path, string? tensor = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var tensors = Safetensors.Read(path);
        var name = tensor ?? FindTable(path, tensors);
        if (!tensors.TryGetValue(name, out var found))
            throw new FormatException($"'{path}': expected a tensor '{name}', found {Listed(tensors.Keys)}.");
        if (found.Shape is not [> 0, > 0 and <= int.MaxValue])
            throw new FormatException($"'{path}', tensor '{name}': expected the shape (V, C), found ({string.Join(", ", found.Shape)}).");
        try
        {
            return new EmbeddingTable(ToSingles(path, name, found), (int)found.Shape[1]);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"'{path}', tensor '{name}': {error.Message.Split(" (Parameter")[0]}", error);
        }
    }

    /// <summary>Creates a table from a text embedding model: row i is the embedding of text i.</summary>
    /// <remarks>
    /// The delegate suits <c>IEmbeddingGenerator&lt;string, Embedding&lt;float&gt;&gt;</c> of Microsoft.Extensions.AI, without a reference
    /// to that package:
    /// <code>
    /// var table = await EmbeddingTable.CreateAsync(vocabulary, async (texts, cancel) =>
    ///     (await generator.GenerateAsync(texts, cancellationToken: cancel)).Select(embedding => embedding.Vector));
    /// </code>
    /// </remarks>
    /// <param name="texts">The text of each id, at least one.</param>
    /// <param name="embed">Returns an embedding for each text of a batch, in order.</param>
    /// <param name="batchSize">The largest number of texts in a batch.</param>
    /// <param name="cancellationToken">Cancels between two batches. The delegate receives it too.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentException">There are no texts.</exception>
    /// <exception cref="InvalidOperationException">
    /// The delegate returned another number of embeddings, embeddings of different lengths, or a value that is not finite.
    /// </exception>
    public static async Task<EmbeddingTable> CreateAsync(
        IReadOnlyList<string> texts, Func<IReadOnlyList<string>, CancellationToken, Task<IEnumerable<ReadOnlyMemory<float>>>> embed,
        int batchSize = 256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(embed);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (texts.Count == 0)
            throw new ArgumentException("Embedding table: expected at least one text, found none.", nameof(texts));
        var rows = new List<ReadOnlyMemory<float>>(texts.Count);
        foreach (var batch in texts.Chunk(batchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = (await embed(batch, cancellationToken).ConfigureAwait(false))?.ToList() ?? [];
            if (found.Count != batch.Length)
            {
                throw new InvalidOperationException(
                    $"embed: expected {batch.Length} embeddings, one for each text from text {rows.Count} on, found {found.Count}.");
            }

            rows.AddRange(found);
        }

        try
        {
            return FromVectors(rows, nameof(embed));
        }
        catch (ArgumentException error)
        {
            throw new InvalidOperationException($"embed: {error.Message.Split(" (Parameter")[0]}", error);
        }
    }

    private static string FindTable(string path, IReadOnlyDictionary<string, TensorData> tensors)
    {
        string[] tables = [.. tensors.Where(entry => entry.Value.Shape.Length == 2).Select(entry => entry.Key)];
        return tables.Length == 1
            ? tables[0]
            : throw new FormatException($"'{path}': expected one tensor of two dimensions, or the name of one, found {Listed(tables)}.");
    }

    private static string Listed(IEnumerable<string> names)
    {
        const int MaxListed = 8;
        var all = names.Order(StringComparer.Ordinal).ToList();
        return all.Count == 0
            ? "none"
            : string.Join(", ", all.Take(MaxListed).Select(name => $"'{name}'")) + (all.Count > MaxListed ? $" and {all.Count - MaxListed} more" : "");
    }

    private static float[] ToSingles(string path, string name, TensorData tensor)
    {
        var data = tensor.Data.Span;
        switch (tensor.DType)
        {
            case TensorData.F32:
                return tensor.AsSingles().ToArray();
            case "F64":
                return Convert(data, sizeof(double), item => (float)BinaryPrimitives.ReadDoubleLittleEndian(item));
            case "F16":
                return Convert(data, sizeof(ushort), item => (float)BinaryPrimitives.ReadHalfLittleEndian(item));
            case "BF16":
                return Convert(data, sizeof(ushort), item => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(item) << 16));
            default:
                throw new FormatException($"'{path}', tensor '{name}': expected items of type F32, F64, F16 or BF16, found {tensor.DType}.");
        }
    }

    private static float[] Convert(ReadOnlySpan<byte> data, int bytes, ItemReader read)
    {
        var values = new float[data.Length / bytes];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(data.Slice(i * bytes, bytes));
        return values;
    }

    private delegate float ItemReader(ReadOnlySpan<byte> item);
}
