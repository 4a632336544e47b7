using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Walks as data views, whose rows are created while they are read.</summary>
/// <param name="mlContext">The context.</param>
/// <param name="tokens">T, the steps of a row; a walk is cut into stretches of this length.</param>
internal sealed class WalkRows(MLContext mlContext, int tokens)
{
    /// <summary>Gets the number of rows that a walk is cut into.</summary>
    public int PerWalk => ObstacleWorld.Steps / tokens;

    /// <summary>The rows of walks, one walk after another.</summary>
    public IDataView ToView(IEnumerable<Walk> walks, bool byExpert) => CreateView(Rows(walks, byExpert));

    /// <summary>The rows of experts' walks, then those of others.</summary>
    public IDataView ToView(IEnumerable<Walk> experts, IEnumerable<Walk> others) => CreateView(Rows(experts, true).Concat(Rows(others, false)));

    private IEnumerable<WalkRow> Rows(IEnumerable<Walk> walks, bool byExpert)
    {
        foreach (var walk in walks)
        {
            for (var first = 0; first + tokens <= ObstacleWorld.Steps; first += tokens)
            {
                var values = Tokens.Encode(walk, first, tokens);
                yield return new WalkRow { Label = byExpert, PreviousEmbeddings = values, CurrentEmbeddings = values };
            }
        }
    }

    private IDataView CreateView(IEnumerable<WalkRow> rows)
    {
        // No attribute can give (T, C), because T is known only here.
        var schema = SchemaDefinition.Create(typeof(WalkRow), SchemaDefinition.Direction.Read);
        var type = new VectorDataViewType(NumberDataViewType.Single, tokens, Tokens.Dimension);
        schema[nameof(WalkRow.PreviousEmbeddings)].ColumnType = type;
        schema[nameof(WalkRow.CurrentEmbeddings)].ColumnType = type;
        return mlContext.Data.LoadFromEnumerable(rows, schema);
    }
}

/// <summary>A stretch of a walk, whose tokens are context and candidates alike.</summary>
internal sealed class WalkRow
{
    /// <summary>Whether an expert walked.</summary>
    public required bool Label { get; init; }

    /// <summary>(T, C), row-major.</summary>
    public required float[] PreviousEmbeddings { get; init; }

    /// <summary>(T, C), row-major.</summary>
    public required float[] CurrentEmbeddings { get; init; }
}
