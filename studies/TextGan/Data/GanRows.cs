using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Windows of the text as data views, whose rows are made when they are read.</summary>
internal sealed class GanRows
{
    private readonly MLContext _mlContext;
    private readonly Story _story;
    private readonly EmbeddingTable _table;

    public GanRows(MLContext mlContext, Story story, EmbeddingTable table)
    {
        _mlContext = mlContext;
        _story = story;
        _table = table;
    }

    /// <summary>A row a window, the text's own tokens as candidates.</summary>
    public IDataView True(IEnumerable<int> windows) => Of(windows.Select(window => Example.True(_story, window)));

    /// <summary>Two rows a window: the text's own tokens as candidates, then those that a generator drew.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="drawn">The generator's tokens of each window, in the same order.</param>
    public IDataView TrueAndDrawn(IEnumerable<int> windows, IReadOnlyList<int[]> drawn) => Of(windows.SelectMany((window, i) =>
        new[] { Example.True(_story, window), Example.False(_story, window, drawn[i]) }));

    /// <summary>A row an example.</summary>
    public IDataView Of(IEnumerable<Example> examples)
    {
        // The sizes are known only now, so no attribute can say them: (T, C) goes into the schema here.
        var schema = SchemaDefinition.Create(typeof(GanRow), SchemaDefinition.Direction.Read);
        var type = new VectorDataViewType(NumberDataViewType.Single, _story.Tokens, _table.Dimension);
        schema[nameof(GanRow.PreviousEmbeddings)].ColumnType = type;
        schema[nameof(GanRow.CurrentEmbeddings)].ColumnType = type;
        schema[nameof(GanRow.TokenLabels)].ColumnType = new VectorDataViewType(BooleanDataViewType.Instance, _story.Tokens);
        return _mlContext.Data.LoadFromEnumerable(examples.Select(Row), schema);
    }

    private GanRow Row(Example example) => new()
    {
        Window = example.Window,
        Label = example.Label,
        TokenLabels = [.. Enumerable.Repeat(example.Label, _story.Tokens)],
        PreviousEmbeddings = _table.Of(example.Words),
        CurrentEmbeddings = _table.Of(example.Candidates),
    };
}
