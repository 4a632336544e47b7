using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The text in windows of T tokens, one after another; what is left at the end makes no row.</summary>
internal sealed class Windows
{
    private readonly Corpus _corpus;
    private readonly Embeddings _embeddings;
    private readonly BigramGenerator _generator;

    public Windows(Corpus corpus, Embeddings embeddings, BigramGenerator generator, int tokens)
    {
        _corpus = corpus;
        _embeddings = embeddings;
        _generator = generator;
        Tokens = tokens;
    }

    /// <summary>T.</summary>
    public int Tokens { get; }

    /// <summary>The number of rows.</summary>
    public int Count => _corpus.Ids.Count / Tokens;

    /// <summary>The tokens at the end that do not fill a window.</summary>
    public int Left => _corpus.Ids.Count % Tokens;

    /// <summary>The windows as a data view, whose rows are made when they are read.</summary>
    public IDataView ToView(MLContext mlContext)
    {
        // The sizes are known only now, so no attribute can say them: (T, C) goes into the schema here.
        var schema = SchemaDefinition.Create(typeof(WindowRow), SchemaDefinition.Direction.Read);
        var type = new VectorDataViewType(NumberDataViewType.Single, Tokens, _embeddings.Dimension);
        schema[nameof(WindowRow.PreviousEmbeddings)].ColumnType = type;
        schema[nameof(WindowRow.CurrentEmbeddings)].ColumnType = type;
        return mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(Row), schema);
    }

    /// <summary>The tokens of a window.</summary>
    public IEnumerable<string> Words(int window) => _corpus.Words(window * Tokens, Tokens);

    private WindowRow Row(int window)
    {
        var dimension = _embeddings.Dimension;
        var previous = new float[Tokens * dimension];
        var current = new float[Tokens * dimension];
        for (var i = 0; i < Tokens; i++)
        {
            var place = window * Tokens + i;
            var predicted = place == 0 ? _generator.Unconditional : _generator.ExpectedNext(_corpus.Ids[place - 1]);
            _embeddings[_corpus.Ids[place]].CopyTo(previous.AsSpan(i * dimension));
            predicted.CopyTo(current.AsSpan(i * dimension));
        }

        return new WindowRow { Text = string.Join(' ', Words(window)), PreviousEmbeddings = previous, CurrentEmbeddings = current };
    }
}
