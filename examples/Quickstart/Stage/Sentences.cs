using Microsoft.ML;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The text in sentences, each a row of its own length; what is longer than T tokens goes on in the next row.</summary>
internal sealed class Sentences
{
    private readonly RowMaker _rows;
    private readonly List<(int First, int Tokens)> _places = [];

    public Sentences(Corpus corpus, RowMaker rows, int maxTokens)
    {
        _rows = rows;
        var first = 0;
        for (var i = 0; i < corpus.Ids.Count; i++)
        {
            var tokens = i + 1 - first;
            if (tokens < maxTokens && corpus.Words(i, 1).Single() is not ("." or "!" or "?"))
                continue;
            _places.Add((first, tokens));
            first = i + 1;
        }
    }

    /// <summary>The number of rows.</summary>
    public int Count => _places.Count;

    /// <summary>The sentences as a data view. Its columns say no size: each row has its own.</summary>
    public IDataView ToView(MLContext mlContext) =>
        mlContext.Data.LoadFromEnumerable(_places.Select(place => _rows.Row(place.First, place.Tokens)));
}
