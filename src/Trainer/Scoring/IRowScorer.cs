namespace MlNetNtd;

/// <summary>Scores rows. For any number of threads.</summary>
internal interface IRowScorer : IDisposable
{
    /// <summary>Scores rows in one batch.</summary>
    /// <param name="rows">Valid rows, at least one.</param>
    /// <returns>The scores in the order of the rows.</returns>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    RowScores[] Score(IReadOnlyList<SequenceRow> rows);
}
