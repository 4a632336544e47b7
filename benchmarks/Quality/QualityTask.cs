using Microsoft.ML;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>One task: tell real tokens of a text from candidates that one generator drew, with a number of training rows.</summary>
internal sealed class QualityTask
{
    private const int TrainingPurpose = 1;
    private const int TestPurpose = 2;

    private readonly int[][] _training;
    private readonly int[][] _test;
    private readonly int _stride;

    /// <param name="split">The text.</param>
    /// <param name="models">The models of the text.</param>
    /// <param name="generator">The generator of candidates.</param>
    /// <param name="rows">The training rows: a real and a generated row for each window.</param>
    /// <param name="testRows">The test rows, or fewer if the text is too short.</param>
    /// <param name="windowTokens">T.</param>
    /// <param name="seed">The seed of the documents, the candidates and the contenders.</param>
    public QualityTask(TextSplit split, TextModels models, string generator, int rows, int testRows, int windowTokens, int seed)
    {
        (Models, Generator, Seed, WindowTokens) = (models, generator, seed, windowTokens);
        Context = new MLContext(seed);
        (_training, _stride) = ChooseWindows(split.Training, rows / 2, windowTokens, seed);
        (_test, _) = ChooseWindows(split.Test, testRows / 2, windowTokens, seed: 1);
        var ids = EmbeddingTable.FromArray([.. Enumerable.Range(0, split.VocabularySize).Select(id => (float)id)], dimension: 1);
        TrainingRows = TokenRows.Read(Context, CreateView(_training, _stride, ids, TrainingPurpose, draws: 1, features: null));
        TestRows = TokenRows.Read(Context, CreateView(_test, windowTokens, ids, TestPurpose, draws: 1, features: null));
    }

    public MLContext Context { get; }

    public TextModels Models { get; }

    public string Generator { get; }

    public int Seed { get; }

    /// <summary>T.</summary>
    public int WindowTokens { get; }

    /// <summary>The ids of the training rows.</summary>
    public TokenRows TrainingRows { get; }

    /// <summary>The ids of the test rows.</summary>
    public TokenRows TestRows { get; }

    /// <summary>Creates the training rows, as the library's row builder gives them.</summary>
    /// <param name="draws">The draws of each window. With one, the candidates are those of <see cref="TrainingRows"/>.</param>
    /// <param name="features">The features beside the embeddings; null for none.</param>
    public IDataView CreateTrainingView(int draws = 1, TokenFeatures? features = null) =>
        CreateView(_training, _stride, Models.Embeddings, TrainingPurpose, draws, features);

    /// <summary>Creates the test rows.</summary>
    /// <param name="features">The features beside the embeddings; null for none.</param>
    public IDataView CreateTestView(TokenFeatures? features = null) =>
        CreateView(_test, WindowTokens, Models.Embeddings, TestPurpose, draws: 1, features);

    // Documents in random order, the last one cut, until they have that many windows. Where the text is too short, windows overlap.
    private static (int[][] Documents, int Stride) ChooseWindows(int[][] documents, int windows, int tokens, int seed)
    {
        var available = documents.Where(document => document.Length >= tokens).ToArray();
        new Random(seed).Shuffle(available);
        var stride = tokens;
        while (stride > 1 && available.Sum(document => (long)(document.Length - tokens) / stride + 1) < windows)
            stride--;
        var chosen = new List<int[]>();
        foreach (var document in available)
        {
            if (windows <= 0)
                break;
            var taken = Math.Min(windows, (document.Length - tokens) / stride + 1);
            chosen.Add(document[..(tokens + (taken - 1) * stride)]);
            windows -= taken;
        }

        return chosen.Count > 0
            ? ([.. chosen], stride)
            : throw new ArgumentException($"text: expected a document of at least {tokens} tokens in each of its three parts, found none in one.");
    }

    private IDataView CreateView(int[][] documents, int stride, EmbeddingTable embeddings, int purpose, int draws, TokenFeatures? features) =>
        Context.Data.CreateDiscriminatorRows(documents, embeddings, new DiscriminatorRowOptions
        {
            WindowTokens = WindowTokens,
            Stride = stride,
            Candidates = Models.CreateSource(Generator),
            DrawsPerWindow = draws,
            TokenFeatures = features,
            Seed = 2 * Seed + purpose,
        });
}
