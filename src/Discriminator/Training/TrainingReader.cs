using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads the rows of a view into memory, each checked.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="throwIfCancelled">Called before each row.</param>
internal sealed class TrainingReader(IExceptionContext context, Action throwIfCancelled)
{
    /// <exception cref="InvalidOperationException">A row does not hold what its columns promise.</exception>
    public List<SequenceRow> Read(IDataView view, InputColumns columns, int maxTokens)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var reader = new SequenceRowReader(context, columns, maxTokens, cursor);
        var rows = new List<SequenceRow>();
        while (cursor.MoveNext())
        {
            throwIfCancelled();
            rows.Add(reader.Read());
        }

        return rows;
    }
}
