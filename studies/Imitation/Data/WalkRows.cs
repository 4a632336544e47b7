using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Imitation;

/// <summary>Walks as data views, whose rows are made when they are read.</summary>
internal sealed class WalkRows
{
    private readonly MLContext _mlContext;

    /// <param name="mlContext">The context.</param>
    /// <param name="tokens">T, the steps of a row: a walk is cut into as many stretches as it has.</param>
    public WalkRows(MLContext mlContext, int tokens)
    {
        _mlContext = mlContext;
        Count = tokens;
    }

    /// <summary>T.</summary>
    public int Count { get; }

    /// <summary>The rows of walks, one walk after another.</summary>
    public IDataView View(IEnumerable<Walk> walks, bool byExpert) => ToView(Rows(walks, byExpert));

    /// <summary>The rows of experts' walks, then those of others.</summary>
    public IDataView View(IEnumerable<Walk> experts, IEnumerable<Walk> others) => ToView(Rows(experts, true).Concat(Rows(others, false)));

    private IEnumerable<WalkRow> Rows(IEnumerable<Walk> walks, bool byExpert)
    {
        foreach (var walk in walks)
        {
            for (var first = 0; first + Count <= Course.Steps; first += Count)
            {
                var tokens = Tokens.Of(walk, first, Count);
                yield return new WalkRow { Label = byExpert, PreviousEmbeddings = tokens, CurrentEmbeddings = tokens };
            }
        }
    }

    private IDataView ToView(IEnumerable<WalkRow> rows)
    {
        // T is known only now, so no attribute can say it: (T, C) goes into the schema here.
        var schema = SchemaDefinition.Create(typeof(WalkRow), SchemaDefinition.Direction.Read);
        var type = new VectorDataViewType(NumberDataViewType.Single, Count, Tokens.Dimension);
        schema[nameof(WalkRow.PreviousEmbeddings)].ColumnType = type;
        schema[nameof(WalkRow.CurrentEmbeddings)].ColumnType = type;
        return _mlContext.Data.LoadFromEnumerable(rows, schema);
    }
}
