namespace MlNetNtd.Examples.Quickstart;

/// <summary>Makes rows of the stage's input out of places in the text.</summary>
internal sealed class RowMaker
{
    private readonly Corpus _corpus;
    private readonly Embeddings _embeddings;
    private readonly BigramGenerator _generator;

    public RowMaker(Corpus corpus, Embeddings embeddings, BigramGenerator generator)
    {
        _corpus = corpus;
        _embeddings = embeddings;
        _generator = generator;
    }

    /// <summary>C.</summary>
    public int Dimension => _embeddings.Dimension;

    /// <summary>The tokens from one place on: as they stand in the text, and as the generator predicts each from the one before.</summary>
    public WindowRow Row(int first, int tokens)
    {
        var previous = new float[tokens * Dimension];
        var current = new float[tokens * Dimension];
        for (var i = 0; i < tokens; i++)
        {
            var place = first + i;
            var predicted = place == 0 ? _generator.Unconditional : _generator.ExpectedNext(_corpus.Ids[place - 1]);
            _embeddings[_corpus.Ids[place]].CopyTo(previous.AsSpan(i * Dimension));
            predicted.CopyTo(current.AsSpan(i * Dimension));
        }

        return new WindowRow { Text = string.Join(' ', _corpus.Words(first, tokens)), PreviousEmbeddings = previous, CurrentEmbeddings = current };
    }
}
