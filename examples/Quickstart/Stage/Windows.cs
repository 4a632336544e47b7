using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The text in windows of T tokens, one after another; what is left at the end makes no row.</summary>
internal sealed class Windows
{
    private readonly Corpus _corpus;
    private readonly RowMaker _rows;

    public Windows(Corpus corpus, RowMaker rows, int tokens)
    {
        _corpus = corpus;
        _rows = rows;
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
        var type = new VectorDataViewType(NumberDataViewType.Single, Tokens, _rows.Dimension);
        schema[nameof(WindowRow.PreviousEmbeddings)].ColumnType = type;
        schema[nameof(WindowRow.CurrentEmbeddings)].ColumnType = type;
        return mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(window => _rows.Row(window * Tokens, Tokens)), schema);
    }

    /// <summary>The tokens of a window.</summary>
    public IEnumerable<string> Words(int window) => _corpus.Words(window * Tokens, Tokens);
}
