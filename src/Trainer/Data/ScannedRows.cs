using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>What one process knows of the rows when it has read its own, as it is told to the others.</summary>
/// <param name="Training">Its rows to train on, that no other counts.</param>
/// <param name="Validation">Its rows for validation.</param>
/// <param name="LongestHalf">The longest half it read.</param>
/// <param name="Hash">What its rows hold, whatever the order they are added in.</param>
/// <param name="View">Of a view that all processes have: its rows, and what they hold (<see cref="ViewDigest"/>).</param>
/// <param name="ValidationView">The same of a view of validation rows.</param>
internal sealed record ScannedRows(
    DatasetCounts Training, DatasetCounts Validation, int LongestHalf, ulong Hash, ScannedRows.ViewSummary View, ScannedRows.ViewSummary ValidationView)
{
    /// <summary>A view as a process saw it.</summary>
    /// <param name="Rows">The rows that count.</param>
    /// <param name="Digest">What they hold.</param>
    public readonly record struct ViewSummary(long Rows, ulong Digest)
    {
        /// <summary>Of a digest; none where there is no view to compare.</summary>
        public static ViewSummary FromDigest(ViewDigest? digest) => digest is null ? default : new ViewSummary(digest.Rows, digest.Hash);
    }

    /// <summary>Refuses processes whose views do not hold the rows that the first one's holds.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="all">By rank.</param>
    /// <exception cref="InvalidOperationException">Thrown in all of them; the message says which one and what differs.</exception>
    public static void VerifySameViews(IExceptionContext context, IReadOnlyList<ScannedRows> all)
    {
        for (var rank = 1; rank < all.Count; rank++)
        {
            Check("training data", all[0].View, all[rank].View);
            Check("validation data", all[0].ValidationView, all[rank].ValidationView);

            void Check(string view, ViewSummary expected, ViewSummary found)
            {
                if (found == expected)
                    return;
                var difference = found.Rows != expected.Rows
                    ? $"expected {expected.Rows} rows, found {found.Rows}"
                    : $"expected the same {expected.Rows} rows in the same order, found others";
                throw context.Unable(
                    $"ProcessGroup: the {view} of process {rank} of {all.Count} (ranks from 0) is not that of the first one: {difference}. "
                    + "Each process needs a view of the same rows; for rows of its own set InputIsSharded.");
            }
        }
    }
}
