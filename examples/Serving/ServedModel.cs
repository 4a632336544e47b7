using System.Buffers;
using System.Security.Cryptography;

namespace MlNetNtd.Serving;

/// <summary>A model in memory: the scorer and the vocabulary that it was trained with. Any number of threads may use it.</summary>
internal sealed class ServedModel
{
    private readonly TokenScorer _scorer;

    private ServedModel(TokenScorer scorer, Vocabulary vocabulary) => (_scorer, Vocabulary) = (scorer, vocabulary);

    /// <summary>Gets the vocabulary.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Gets the beginning of the SHA-256 of the model file, by which users tell one model from another.</summary>
    public string Id => Vocabulary.ModelHash[..12];

    /// <summary>Reads a model.</summary>
    /// <param name="folder">The folder with its two files.</param>
    /// <exception cref="ModelLoadException">A file is missing or damaged, or the two do not belong together.</exception>
    public static ServedModel Load(string folder)
    {
        var scorerPath = Path.Combine(folder, ServedFiles.Scorer);
        var vocabularyPath = Path.Combine(folder, ServedFiles.Vocabulary);
        var (scorer, hash) = Read(scorerPath, LoadScorer);
        var vocabulary = Read(vocabularyPath, Vocabulary.Read);
        if (vocabulary.ModelHash != hash)
            throw new ModelLoadException($"{vocabularyPath}: expected the words of {scorerPath}, whose SHA-256 is {hash}, found those of {vocabulary.ModelHash}.");
        return vocabulary.Dimension == scorer.EmbeddingDimension
            ? new ServedModel(scorer, vocabulary)
            : throw new ModelLoadException($"{vocabularyPath}: expected embeddings of {scorer.EmbeddingDimension} values, as {scorerPath} reads, found {vocabulary.Dimension}.");
    }

    /// <summary>Scores each token of a text given the tokens before it.</summary>
    /// <param name="tokens">The tokens, at least one.</param>
    /// <returns>For each token, the probability that it is real; null where the model does not know the word.</returns>
    /// <remarks>
    /// The network sees <see cref="TokenScorer.MaxTokens"/> tokens at once. A longer text is scored in windows that overlap by half, so that each token
    /// is scored given half a window of tokens before it, at least.
    /// </remarks>
    public float?[] Score(IReadOnlyList<Token> tokens)
    {
        var (window, dimension) = (_scorer.MaxTokens, _scorer.EmbeddingDimension);
        var ids = new int[tokens.Count];
        var embeddings = ArrayPool<float>.Shared.Rent(tokens.Count * dimension);
        var logits = ArrayPool<float>.Shared.Rent(window);
        try
        {
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = Vocabulary.GetId(tokens[i].Word);
                Vocabulary.GetEmbedding(ids[i]).CopyTo(embeddings.AsSpan(i * dimension));
            }

            var probabilities = new float?[ids.Length];
            var scored = 0;
            while (scored < ids.Length)
            {
                var start = Math.Max(0, scored - window / 2);
                var length = Math.Min(window, ids.Length - start);
                // The tokens are their own candidates: candidate i is compared with the real tokens before it.
                var real = embeddings.AsSpan(start * dimension, length * dimension);
                _scorer.Score(real, candidates: real, logits.AsSpan(0, length));
                for (; scored < start + length; scored++)
                    probabilities[scored] = ids[scored] == Vocabulary.UnknownId ? null : _scorer.GetProbability(logits[scored - start]);
            }

            return probabilities;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(embeddings);
            ArrayPool<float>.Shared.Return(logits);
        }
    }

    // One opening for both: the file may be replaced at any time.
    private static (TokenScorer Scorer, string Hash) LoadScorer(string path)
    {
        using var stream = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        stream.Position = 0;
        // A request has one thread: others serve other requests.
        return (TokenScorer.LoadModel(stream, threads: 1), hash);
    }

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelLoadException($"{path}: expected a file, found none.", e);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException($"{path}: {e.Message}", e);
        }
    }
}

/// <summary>A model cannot be loaded. The message is one sentence that names the file.</summary>
internal sealed class ModelLoadException(string message, Exception? inner = null) : Exception(message, inner);
