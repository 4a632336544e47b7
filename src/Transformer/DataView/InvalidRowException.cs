namespace MlNetNtd;

/// <summary>
/// The exception that is thrown when a row's value in a column is invalid. The input is at fault: a service responds with status
/// 400, and with status 500 to other exceptions.
/// </summary>
/// <remarks>The transform, the trainer, the scorer, the token evaluation and the prediction pool throw it.</remarks>
public sealed class InvalidRowException : InvalidOperationException
{
    internal InvalidRowException(string? columnName, long row, string expected, string found) =>
        (ColumnName, Row, Expected, Found) = (columnName, row, expected, found);

    /// <summary>Gets the name of the input column at fault; null if the whole row is missing.</summary>
    public string? ColumnName { get; }

    /// <summary>
    /// Gets the row's position, from 0: in the view, in the list passed to a <c>PredictionPool</c>, or among the rows that an engine
    /// from <c>CreatePredictionEngine</c> has predicted. It is 0 for <c>PredictionPool.Predict</c>.
    /// </summary>
    public long Row { get; internal set; }

    /// <summary>Gets a description of the expected value.</summary>
    public string Expected { get; }

    /// <summary>Gets a description of the value found.</summary>
    public string Found { get; }

    /// <inheritdoc/>
    public override string Message => ColumnName is null
        ? $"Row {Row}: expected {Expected}, found {Found}."
        : $"Column '{ColumnName}', row {Row}: expected {Expected}, found {Found}.";
}
