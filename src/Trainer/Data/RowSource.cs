using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads the rows of a view through a cursor, any number of times, and validates each.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="view">The view.</param>
/// <param name="columns">The columns to read.</param>
/// <param name="maxTokens">The length of the longest half allowed, in tokens.</param>
/// <param name="throwIfCancelled">Called before each row.</param>
/// <param name="cancelsReadAgain">
/// Whether <see cref="ReadAgain"/> calls <paramref name="throwIfCancelled"/>. False for several processes, which stop together after a
/// step.
/// </param>
internal sealed class RowSource(
    IExceptionContext context, IDataView view, BoundInputColumns columns, int maxTokens, Action throwIfCancelled, bool cancelsReadAgain = true)
{
    private const string Advice =
        "A view has to give the same rows in the same order each time: sort them, write them to a file, or set MaxCacheBytes so that they are kept.";

    /// <summary>Gets or sets the number of rows with a weight above 0, as counted by the first reading.</summary>
    public long Rows { get; set; }

    /// <summary>Reads some of the rows with a weight above 0, in the order of the view, for the first time.</summary>
    /// <param name="isWanted">Chooses rows. Its argument is the row's sampling key, or its number if there is no key column.</param>
    /// <param name="digest">Receives the digest of all rows; null: not computed.</param>
    /// <exception cref="InvalidOperationException">A row does not hold what its columns promise.</exception>
    public IEnumerable<SequenceRow> Read(Predicate<long> isWanted, ViewDigest? digest = null) => Read(isWanted, digest, throwIfCancelled, _ => { });

    /// <summary>Reads some of the rows once more. The values of the other rows are not read.</summary>
    /// <param name="isWanted">Chooses rows, as in the first reading.</param>
    /// <param name="first">The fingerprint of the first reading.</param>
    /// <param name="epoch">The epoch, for error messages.</param>
    /// <exception cref="InvalidOperationException">The rows differ from those of the first reading, or come in another order.</exception>
    public IEnumerable<SequenceRow> ReadAgain(Predicate<long> isWanted, RowFingerprint first, int epoch)
    {
        long count = 0;
        var reading = first.StartReading();
        using var rows = Read(isWanted, null, cancelsReadAgain ? throwIfCancelled : () => { }, total => count = total).GetEnumerator();
        while (MoveNext(rows, epoch))
        {
            if (!reading.Add(RowHash.Hash(rows.Current)))
                throw context.Unable($"{Changed(epoch)}: {Difference(rows.Current.Number, first.MarkInterval)}. {Advice}");
            // Surplus rows are read to the end first: the error below says how many there are.
            if (!reading.HasMore)
                yield return rows.Current;
        }

        if (count != Rows)
            throw context.Unable($"{Changed(epoch)}: expected {Rows} rows, as at first, found {count}. {Advice}");
        if (reading.Rows != first.Rows)
            throw context.Unable($"{Changed(epoch)}: expected {first.Rows} rows of those, as at first, to be for this reading, found {reading.Rows}. {Advice}");
    }

    private IEnumerable<SequenceRow> Read(Predicate<long> isWanted, ViewDigest? digest, Action beforeRow, Action<long> onEnd)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var reader = new SequenceRowReader(context, columns, maxTokens, cursor);
        var readKey = columns.SamplingKey is { } column ? SamplingKey.CreateReader(context, cursor, column) : () => cursor.Position;
        var hashLabels = digest is null ? null : ViewDigest.CreateLabelHasher(cursor, columns.Label!.Value);
        long count = 0;
        while (cursor.MoveNext())
        {
            beforeRow();
            if (reader.ReadWeight() is not (> 0 and var weight))
                continue;
            count++;
            var wanted = isWanted(readKey());
            digest?.Add(cursor.Position, weight, hashLabels!());
            if (!wanted && digest is not { IsSample: true })
                continue;
            var row = reader.Read() with { Weight = weight, Number = cursor.Position };
            if (digest is { IsSample: true })
                digest.Add(row);
            if (wanted)
                yield return row;
        }

        onEnd(count);
    }

    private bool MoveNext(IEnumerator<SequenceRow> rows, int epoch)
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

    private static string Difference(long row, int interval) => interval == 1
        ? $"expected row {row} to hold what it held at first, found other values, or another row in its place"
        : $"expected row {row} and the {interval - 1} read before it to hold what they held at first, found other values, or other rows in their place";

    private static string Changed(int epoch) =>
        $"The rows changed while Fit was training on them, in epoch {epoch} (they are more than MaxCacheBytes keeps, so each epoch reads them again)";
}
