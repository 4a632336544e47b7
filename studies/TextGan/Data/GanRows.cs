using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Windows of the text as data views, whose rows are created while they are read.</summary>
internal sealed class GanRows(MLContext mlContext, TextDataset dataset, EmbeddingTable table)
{
    /// <summary>Creates a row for each window, with the text's own tokens as candidates.</summary>
    public IDataView ToRealView(IEnumerable<int> windows) => ToView(windows.Select(window => Example.Real(dataset, window)));

    /// <summary>Creates a row for each example.</summary>
    public IDataView ToView(IEnumerable<Example> examples)
    {
        // No attribute can give (T, C), because they are known only here.
        var schema = SchemaDefinition.Create(typeof(GanRow), SchemaDefinition.Direction.Read);
        var type = new VectorDataViewType(NumberDataViewType.Single, dataset.Tokens, table.Dimension);
        schema[nameof(GanRow.PreviousEmbeddings)].ColumnType = type;
        schema[nameof(GanRow.CurrentEmbeddings)].ColumnType = type;
        schema[nameof(GanRow.TokenLabels)].ColumnType = new VectorDataViewType(BooleanDataViewType.Instance, dataset.Tokens);
        return mlContext.Data.LoadFromEnumerable(examples.Select(CreateRow), schema);
    }

    private GanRow CreateRow(Example example) => new()
    {
        Window = example.Window,
        Label = example.Label,
        TokenLabels = [.. Enumerable.Repeat(example.Label, dataset.Tokens)],
        PreviousEmbeddings = table.Embed(example.Words),
        CurrentEmbeddings = table.Embed(example.Candidates),
    };
}

/// <summary>A window of the text, and a candidate for each of its tokens.</summary>
internal sealed class GanRow
{
    /// <summary>The window's first token, so that a training loop can look up its words.</summary>
    public required int Window { get; init; }

    /// <summary>Whether the candidates are the text's own tokens.</summary>
    public required bool Label { get; init; }

    /// <summary>The same for each candidate, T values, because the trainer learns from every token.</summary>
    public required bool[] TokenLabels { get; init; }

    /// <summary>The embeddings of the tokens as they stand in the text, (T, C), row-major.</summary>
    public required float[] PreviousEmbeddings { get; init; }

    /// <summary>The embeddings of the candidates, (T, C), row-major.</summary>
    public required float[] CurrentEmbeddings { get; init; }
}
