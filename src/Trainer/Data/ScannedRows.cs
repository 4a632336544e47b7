using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The result of one process's scan, as it is sent to the other processes.</summary>
/// <param name="Training">The counts of the training rows that only this process counts.</param>
/// <param name="Validation">The counts of the validation rows that only this process counts.</param>
/// <param name="MaxHalfTokens">The length of the longest half that it read, in tokens.</param>
/// <param name="Hash">The hash of the rows that it counts. Hashes of several processes are added up.</param>
/// <param name="Inputs">The moments of the training rows that only this process counts.</param>
/// <param name="View">The training view, where all processes have the same one.</param>
/// <param name="ValidationView">The validation view, where all processes have the same one.</param>
internal sealed record ScannedRows(
    DatasetCounts Training, DatasetCounts Validation, int MaxHalfTokens, ulong Hash, InputMoments Inputs,
    ScannedRows.ViewSummary View, ScannedRows.ViewSummary ValidationView)
{
    /// <summary>A view as a process read it.</summary>
    /// <param name="Rows">The number of rows with a weight above 0.</param>
    /// <param name="Digest">The hash of their contents (<see cref="ViewDigest"/>).</param>
    public readonly record struct ViewSummary(long Rows, ulong Digest)
    {
        /// <summary>Creates the summary of a digest; the default if there is no view to compare.</summary>
        public static ViewSummary FromDigest(ViewDigest? digest) => digest is null ? default : new ViewSummary(digest.Rows, digest.Hash);
    }

    /// <summary>Checks that the views of all processes hold the rows of the main process's view.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="processes">The results by rank.</param>
    /// <exception cref="InvalidOperationException">Thrown in all processes if one view differs; the message names the process and the difference.</exception>
    public static void VerifySameViews(IExceptionContext context, IReadOnlyList<ScannedRows> processes)
    {
        for (var rank = 1; rank < processes.Count; rank++)
        {
            Check("training data", processes[0].View, processes[rank].View);
            Check("validation data", processes[0].ValidationView, processes[rank].ValidationView);

            void Check(string view, ViewSummary expected, ViewSummary found)
            {
                if (found == expected)
                    return;
                var difference = found.Rows != expected.Rows
                    ? $"expected {expected.Rows} rows, found {found.Rows}"
                    : $"expected the same {expected.Rows} rows in the same order, found others";
                throw context.Unable(
                    $"ProcessGroup: the {view} of process {rank} of {processes.Count} (ranks from 0) is not that of the first one: {difference}. "
                    + "Each process needs a view of the same rows; for rows of its own set InputIsSharded.");
            }
        }
    }
}
