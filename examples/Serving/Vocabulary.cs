namespace MlNetNtd.Serving;

/// <summary>The words that a model was trained with and the embedding of each, in a .safetensors file.</summary>
/// <remarks>
/// Word 0 stands for every word that the model does not know. The file has one tensor, (words, C), and texts in its metadata: the words,
/// one a line, the SHA-256 of the model that belongs to them, and a sentence about the training.
/// </remarks>
internal sealed class Vocabulary
{
    public const string UnknownWord = "<unknown>";
    public const int UnknownId = 0;

    private const string EmbeddingsName = "embeddings";
    private const string WordsKey = "words";
    private const string ModelKey = "model_sha256";
    private const string DescriptionKey = "description";

    private readonly Dictionary<string, int> _ids;
    private readonly float[] _embeddings;

    /// <summary>Creates a vocabulary.</summary>
    /// <param name="words">The words, <see cref="UnknownWord"/> first.</param>
    /// <param name="embeddings">The embeddings, (words, C), row-major.</param>
    /// <param name="modelHash">The SHA-256 of the model that was trained with these embeddings, in hexadecimal digits.</param>
    /// <param name="description">A sentence about the training, which the page shows.</param>
    /// <exception cref="FormatException">A word stands twice, or the numbers of words and values do not fit.</exception>
    public Vocabulary(string[] words, float[] embeddings, string modelHash, string description)
    {
        if (words[0] != UnknownWord)
            throw new FormatException($"expected '{UnknownWord}' as the first word, found '{words[0]}'");
        if (embeddings.Length == 0 || embeddings.Length % words.Length != 0)
            throw new FormatException($"expected an embedding for each of {words.Length} words, found {embeddings.Length} values");
        _ids = new Dictionary<string, int>(words.Length);
        for (var id = 0; id < words.Length; id++)
        {
            if (!_ids.TryAdd(words[id], id))
                throw new FormatException($"expected each word once, found '{words[id]}' twice");
        }

        if (Array.FindIndex(embeddings, value => !float.IsFinite(value)) is >= 0 and var index)
            throw new FormatException($"expected finite values, found {embeddings[index]} in the embedding of '{words[index / (embeddings.Length / words.Length)]}'");
        (_embeddings, Words, ModelHash, Description) = (embeddings, words, modelHash, description);
    }

    /// <summary>Gets the words. A word's id is its index.</summary>
    public string[] Words { get; }

    /// <summary>Gets C, the number of values of an embedding.</summary>
    public int Dimension => _embeddings.Length / Words.Length;

    /// <summary>Gets the SHA-256 of the model that was trained with these embeddings.</summary>
    public string ModelHash { get; }

    /// <summary>Gets a sentence about the training.</summary>
    public string Description { get; }

    /// <summary>Finds the id of a word; <see cref="UnknownId"/> if it is unknown.</summary>
    public int GetId(string word) => _ids.GetValueOrDefault(word, UnknownId);

    /// <summary>Gets the embedding of an id, C values.</summary>
    public ReadOnlySpan<float> GetEmbedding(int id) => _embeddings.AsSpan(id * Dimension, Dimension);

    /// <summary>Reads a vocabulary from a file.</summary>
    /// <exception cref="FormatException">The file is damaged, or is not one of a vocabulary. The message does not name the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Vocabulary Read(string path)
    {
        // One stream for both: the file may be replaced at any time.
        using var stream = File.OpenRead(path);
        var metadata = Safetensors.ReadMetadata(stream);
        stream.Position = 0;
        var tensors = Safetensors.Read(stream);
        if (!tensors.TryGetValue(EmbeddingsName, out var tensor) || tensor.DType != TensorData.F32)
            throw new FormatException($"expected a tensor '{EmbeddingsName}' of type {TensorData.F32}, found {(tensor is null ? "none" : $"one of type {tensor.DType}")}");
        return new Vocabulary(Find(WordsKey).Split('\n'), tensor.AsSingles().ToArray(), Find(ModelKey), Find(DescriptionKey));

        string Find(string key) =>
            metadata.TryGetValue(key, out var text) ? text : throw new FormatException($"expected '{key}' in the metadata, found none");
    }

    /// <summary>Writes the vocabulary to a file. A file that is there is replaced when the new one is whole.</summary>
    /// <exception cref="IOException">The file cannot be written. The previous file is unchanged.</exception>
    public void Write(string path) => Safetensors.Write(
        path,
        [new(EmbeddingsName, TensorData.FromSingles([Words.Length, Dimension], _embeddings))],
        new Dictionary<string, string> { [WordsKey] = string.Join('\n', Words), [ModelKey] = ModelHash, [DescriptionKey] = Description });
}
