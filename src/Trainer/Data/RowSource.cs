using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The rows of a view, read through a cursor as often as they are asked for, each checked.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="view">The view.</param>
/// <param name="columns">Its columns.</param>
/// <param name="maxTokens">The longest half there may be.</param>
/// <param name="throwIfCancelled">Called before each row.</param>
internal sealed class RowSource(IExceptionContext context, IDataView view, BoundInputColumns columns, int maxTokens, Action throwIfCancelled)
{
    private const string Advice =
        "A view has to give the same rows in the same order each time: sort them, write them to a file, or set MaxCacheBytes so that they are kept.";

    /// <summary>How many rows count, by the first reading; those of weight 0 do not.</summary>
    public long Rows { get; set; }

    /// <summary>Some of the rows that count, in the order of the view. The others are passed over.</summary>
    /// <param name="wanted">Told a row's sampling key, or its number where there is none.</param>
    /// <param name="digest">Gets what all rows hold in a few letters; null: nobody asks for it.</param>
    /// <exception cref="InvalidOperationException">A row does not hold what its columns promise.</exception>
    public IEnumerable<SequenceRow> Read(Predicate<long> wanted, ViewDigest? digest = null) => Read(wanted, digest, _ => { });

    /// <summary>Some rows once more. The others are passed over: their values are not asked for.</summary>
    /// <param name="wanted">Told a row's sampling key, or its number where there is none.</param>
    /// <param name="first">What the first reading gave.</param>
    /// <param name="epoch">For the error.</param>
    /// <exception cref="InvalidOperationException">The rows are not what they were at first, or come in another order.</exception>
    public IEnumerable<SequenceRow> ReadAgain(Predicate<long> wanted, RowFingerprint first, int epoch)
    {
        long found = 0;
        var reading = first.StartReading();
        using var rows = Read(wanted, null, count => found = count).GetEnumerator();
        while (Next(rows, epoch))
        {
            var same = reading.Add(RowHash.Hash(rows.Current));
            if (!same)
                throw context.Unable($"{Changed(epoch)}: {Difference(rows.Current.Number, first.MarkInterval)}. {Advice}");
            // How many there are in all is said when all are read.
            if (!reading.HasMore)
                yield return rows.Current;
        }

        if (found != Rows)
            throw context.Unable($"{Changed(epoch)}: expected {Rows} rows, as at first, found {found}. {Advice}");
        if (reading.Rows != first.Rows)
            throw context.Unable($"{Changed(epoch)}: expected {first.Rows} rows of those, as at first, to be for this reading, found {reading.Rows}. {Advice}");
    }

    private IEnumerable<SequenceRow> Read(Predicate<long> wanted, ViewDigest? digest, Action<long> ended)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var reader = new SequenceRowReader(context, columns, maxTokens, cursor);
        var key = columns.SamplingKey is { } column ? SamplingKey.Reader(context, cursor, column) : () => cursor.Position;
        var labels = digest is null ? null : ViewDigest.CreateLabelHasher(cursor, columns.Label!.Value);
        long count = 0;
        while (cursor.MoveNext())
        {
            throwIfCancelled();
            if (reader.ReadWeight() is not (> 0 and var weight))
                continue;
            count++;
            var isWanted = wanted(key());
            digest?.Add(cursor.Position, weight, labels!());
            if (!isWanted && digest is not { IsSample: true })
                continue;
            var row = reader.Read() with { Weight = weight, Number = cursor.Position };
            if (digest is { IsSample: true })
                digest.Add(row);
            if (isWanted)
                yield return row;
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

    private static string Difference(long row, int every) => every == 1
        ? $"expected row {row} to hold what it held at first, found other values, or another row in its place"
        : $"expected row {row} and the {every - 1} read before it to hold what they held at first, found other values, or other rows in their place";

    private static string Changed(int epoch) =>
        $"The rows changed while Fit was training on them, in epoch {epoch} (they are more than MaxCacheBytes keeps, so each epoch reads them again)";
}
