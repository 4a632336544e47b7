namespace MlNetNtd.Examples.Quickstart;

/// <summary>Shows that something was learned: words that are alike, words that follow, and how far off a guess is.</summary>
internal sealed class Lessons
{
    private const int Examples = 4;

    // Among the frequent words, the long ones mean something by themselves.
    private const int Frequent = 100;

    private readonly Corpus _corpus;
    private readonly Embeddings _embeddings;
    private readonly BigramGenerator _generator;
    private readonly int[] _examples;

    public Lessons(Corpus corpus, Embeddings embeddings, BigramGenerator generator)
    {
        _corpus = corpus;
        _embeddings = embeddings;
        _generator = generator;
        _examples = [.. Enumerable.Range(1, Math.Min(Frequent, corpus.Vocabulary.Count - 1))
            .OrderByDescending(id => corpus.Vocabulary[id].Length)
            .Take(Examples)];
    }

    /// <summary>Prints the words nearest to some words.</summary>
    public void TellNeighbours(Report report)
    {
        report.Table([.. _examples.Select(id => new[]
        {
            Word(id), "is nearest to", string.Join(", ", _embeddings.Nearest(id, 5).Select(Word)),
        })]);
        if (_corpus.Vocabulary.Count < _embeddings.Dimension)
            report.Line($"A text of so few words fills {_corpus.Vocabulary.Count} values at most; the others are 0.");
    }

    /// <summary>Prints the words likeliest after some words, and the error of the expected embedding.</summary>
    public void TellPredictions(Report report)
    {
        report.Table([.. _examples.Select(id => new[]
        {
            Word(id), "is followed by", string.Join(", ", _generator.LikeliestNext(id, 4)
                .Select(next => $"{Word(next)} ({_generator.Probability(id, next):P0})")),
        })]);
        var (predicted, average) = SquaredErrors();
        report.Line($"Squared distance to the true embedding: {predicted:F3} on average, "
            + $"{average:F3} by always expecting the average.");
    }

    // The mean squared distance of the true embeddings from the generator's, and from the text's average.
    private (double Predicted, double Average) SquaredErrors()
    {
        var (predicted, average) = (0.0, 0.0);
        for (var i = 1; i < _corpus.Ids.Count; i++)
        {
            var truth = _embeddings[_corpus.Ids[i]];
            predicted += SquaredDistance(truth, _generator.ExpectedNext(_corpus.Ids[i - 1]));
            average += SquaredDistance(truth, _generator.Unconditional);
        }

        var count = Math.Max(1, _corpus.Ids.Count - 1);
        return (predicted / count, average / count);
    }

    private static double SquaredDistance(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
            sum += (one[i] - (double)other[i]) * (one[i] - (double)other[i]);
        return sum;
    }

    private string Word(int id) => TextWidth.Fit(_corpus.Vocabulary[id], 16);
}
