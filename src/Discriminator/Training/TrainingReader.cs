using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads the rows of a view into memory, each checked.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="throwIfCancelled">Called before each row.</param>
internal sealed class TrainingReader(IExceptionContext context, Action throwIfCancelled)
{
    /// <summary>Reads all rows but those of weight 0.</summary>
    /// <exception cref="InvalidOperationException">A row does not hold what its columns promise.</exception>
    public List<SequenceRow> Read(IDataView view, InputColumns columns, int maxTokens)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var reader = new SequenceRowReader(context, columns, maxTokens, cursor);
        var rows = new List<SequenceRow>();
        while (cursor.MoveNext())
        {
            throwIfCancelled();
            if (reader.ReadWeight() is > 0 and var weight)
                rows.Add(reader.Read() with { Weight = weight, Number = cursor.Position });
        }

        return rows;
    }
}
