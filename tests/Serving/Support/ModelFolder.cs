using System.Security.Cryptography;
using Microsoft.ML;

namespace MlNetNtd.Serving.Tests;

/// <summary>A folder with a model of a few words, deleted after the test.</summary>
/// <remarks>Real texts count upwards through the words: "one two three ...". The network sees 8 words at once.</remarks>
internal sealed class ModelFolder : IDisposable
{
    public const int MaxTokens = 8;

    private const int Dimension = 8;

    private static readonly string[] Words = [Vocabulary.UnknownWord, "one", "two", "three", "four", "five", "six", ".", ","];

    // Trained once for all tests, by seed.
    private static readonly Dictionary<int, TrainedModel> Trained = [];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mlnetntd-serving-");

    /// <summary>Creates a folder.</summary>
    /// <param name="seed">The seed of the model: another seed, other weights and embeddings.</param>
    public ModelFolder(int seed = 1) => Install(seed);

    /// <summary>The folder.</summary>
    public string Path => _folder.FullName;

    public string ModelPath => System.IO.Path.Combine(Path, ServedFiles.Scorer);

    public string VocabularyPath => System.IO.Path.Combine(Path, ServedFiles.Vocabulary);

    /// <summary>Replaces both files, one after the other, each by renaming.</summary>
    public void Install(int seed)
    {
        InstallModel(seed);
        Replace(VocabularyPath, Train(seed).Words);
    }

    /// <summary>Replaces the model alone.</summary>
    public void InstallModel(int seed) => Replace(ModelPath, Train(seed).Model);

    /// <summary>Writes a file as a careless copy does: into the file that is there.</summary>
    public static void Overwrite(string path, byte[] content) => File.WriteAllBytes(path, content);

    /// <summary>The scores that a model gives to words.</summary>
    /// <param name="seed">The model's seed.</param>
    /// <param name="words">Up to <see cref="MaxTokens"/> words.</param>
    public static float[] Score(int seed, params string[] words)
    {
        var scorer = Train(seed).Scorer;
        var table = CreateEmbeddings(seed);
        float[] real = [.. words.SelectMany(word => table[Math.Max(0, Array.IndexOf(Words, word))])];
        var logits = new float[words.Length];
        scorer.Score(real, real, logits);
        return Array.ConvertAll(logits, scorer.GetProbability);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Replace(string path, byte[] content)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllBytes(unfinished, content);
        File.Move(unfinished, path, overwrite: true);
    }

    private static TrainedModel Train(int seed)
    {
        lock (Trained)
        {
            if (!Trained.TryGetValue(seed, out var model))
                Trained.Add(seed, model = CreateModel(seed));
            return model;
        }
    }

    private static TrainedModel CreateModel(int seed)
    {
        var context = new MLContext(seed);
        var random = new Random(seed);
        var table = CreateEmbeddings(seed);
        int[][] texts = [.. Enumerable.Range(0, 60).Select(_ => random.Next(6)).Select(first => Enumerable.Range(0, MaxTokens).Select(i => 1 + (first + i) % 6).ToArray())];
        var rows = context.Data.CreateDiscriminatorRows(texts, EmbeddingTable.FromRows(table), new DiscriminatorRowOptions
        {
            WindowTokens = MaxTokens,
            Candidates = CandidateSource.Unigram,
            Seed = seed,
        });
        using var model = context.Transforms.NextTokenDiscriminator()
            .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
            {
                LabelColumnName = "TokenLabels",
                ModelDimension = 16,
                Layers = 1,
                Epochs = 3,
                LearningRate = 1e-2,
                ProgressSeconds = 0,
                Seed = seed,
            }))
            .Fit(rows);
        using var stream = new MemoryStream();
        context.Model.Save(model, rows.Schema, stream);
        var path = System.IO.Path.GetTempFileName();
        try
        {
            new Vocabulary(Words, [.. table.SelectMany(values => values)], Convert.ToHexStringLower(SHA256.HashData(stream.ToArray())), $"Trained on counting, seed {seed}.")
                .Write(path);
            return new TrainedModel(stream.ToArray(), File.ReadAllBytes(path), TokenScorer.LoadModel(stream));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float[][] CreateEmbeddings(int seed)
    {
        var random = new Random(seed);
        return [.. Words.Select(_ => Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() * 2 - 1).ToArray())];
    }

    private sealed record TrainedModel(byte[] Model, byte[] Words, TokenScorer Scorer);
}
