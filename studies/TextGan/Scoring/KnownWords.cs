namespace MlNetNtd.Examples.TextGan;

/// <summary>The words that a saved model knows, and their embeddings.</summary>
internal sealed class KnownWords
{
    private readonly Dictionary<string, int> _ids;

    private KnownWords(Dictionary<string, int> ids, EmbeddingTable table)
    {
        _ids = ids;
        Table = table;
    }

    public EmbeddingTable Table { get; }

    /// <exception cref="FormatException">The files are damaged or do not belong together.</exception>
    public static KnownWords Read(RunFolder folder)
    {
        var words = File.ReadAllLines(folder.Vocabulary);
        if (!Safetensors.Read(folder.Embeddings).TryGetValue(SavedModel.EmbeddingsName, out var stored)
            || stored.DType != TensorData.F32 || stored.Shape is not [var rows, var columns] || rows != words.Length || rows == 0 || columns == 0)
        {
            throw new FormatException($"{folder.Embeddings} does not hold an embedding for each of the {words.Length} words of {folder.Vocabulary}");
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < words.Length; id++)
        {
            if (!ids.TryAdd(words[id], id))
                throw new FormatException($"{folder.Vocabulary} has the word '{words[id]}' twice");
        }

        return new KnownWords(ids, new EmbeddingTable((int)columns, stored.AsSingles().ToArray(), []));
    }

    public int IdOf(string word) => _ids.GetValueOrDefault(word, Vocabulary.UnknownId);

    /// <summary>Whether a word has an embedding of its own. What stands for all others is no word, even if a text spells it out.</summary>
    public bool Knows(string word) => IdOf(word) != Vocabulary.UnknownId;
}
