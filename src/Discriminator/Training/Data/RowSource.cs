using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The rows of a view, read through a cursor as often as they are asked for, each checked.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="view">The view.</param>
/// <param name="columns">Its columns.</param>
/// <param name="maxTokens">The longest half there may be.</param>
/// <param name="throwIfCancelled">Called before each row.</param>
internal sealed class RowSource(IExceptionContext context, IDataView view, InputColumns columns, int maxTokens, Action throwIfCancelled)
{
    /// <summary>How many rows count, by the first reading; those of weight 0 do not.</summary>
    public long Rows { get; set; }

    /// <summary>Some of the rows that count, in the order of the view. The others are passed over.</summary>
    /// <param name="wanted">Told a row's number.</param>
    /// <exception cref="InvalidOperationException">A row does not hold what its columns promise.</exception>
    public IEnumerable<SequenceRow> Read(Predicate<long> wanted) => Read(wanted, _ => { });

    /// <summary>Some rows once more. The others are passed over: their values are not asked for.</summary>
    /// <param name="wanted">Told a row's number.</param>
    /// <param name="epoch">For the error.</param>
    /// <exception cref="InvalidOperationException">The rows are not what they were at first.</exception>
    public IEnumerable<SequenceRow> Again(Predicate<long> wanted, int epoch)
    {
        long found = 0;
        using var rows = Read(wanted, count => found = count).GetEnumerator();
        while (Next(rows, epoch))
            yield return rows.Current;
        if (found != Rows)
            throw context.Unable($"{Changed(epoch)}: expected {Rows} rows, as at first, found {found}.");
    }

    private IEnumerable<SequenceRow> Read(Predicate<long> wanted, Action<long> ended)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var reader = new SequenceRowReader(context, columns, maxTokens, cursor);
        long count = 0;
        while (cursor.MoveNext())
        {
            throwIfCancelled();
            if (reader.ReadWeight() is not (> 0 and var weight))
                continue;
            count++;
            if (wanted(cursor.Position))
                yield return reader.Read() with { Weight = weight, Number = cursor.Position };
        }

        ended(count);
    }

    private bool Next(IEnumerator<SequenceRow> rows, int epoch)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw context.Unable($"{Changed(epoch)}: every row could be read at first, and one cannot be now. {error.Message}", error);
        }
    }

    private static string Changed(int epoch) =>
        $"The rows changed while Fit was training on them, in epoch {epoch} (they are more than CacheBytes keeps, so each epoch reads them again)";
}
