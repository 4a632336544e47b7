namespace MlNetNtd;

/// <summary>
/// A row does not hold what its columns promise. The fault is the input's: a service answers it with status 400, other errors with
/// status 500.
/// </summary>
/// <remarks>The transform, the trainer, the scorer, the evaluation of tokens and the prediction pool throw it for every such row.</remarks>
public sealed class InvalidRowException : InvalidOperationException
{
    internal InvalidRowException(string? columnName, long row, string expected, string found) =>
        (ColumnName, Row, Expected, Found) = (columnName, row, expected, found);

    /// <summary>The input column at fault; null where the whole row is missing.</summary>
    public string? ColumnName { get; }

    /// <summary>
    /// The row's position, from 0: in the view, in the list that a <c>PredictionPool</c> is given, or among the rows that an engine made
    /// by <c>CreatePredictionEngine</c> has predicted. <c>PredictionPool.Predict</c> has one row, 0.
    /// </summary>
    public long Row { get; internal set; }

    /// <summary>What the row should hold.</summary>
    public string Expected { get; }

    /// <summary>What it holds instead.</summary>
    public string Found { get; }

    /// <inheritdoc/>
    public override string Message => ColumnName is null
        ? $"Row {Row}: expected {Expected}, found {Found}."
        : $"Column '{ColumnName}', row {Row}: expected {Expected}, found {Found}.";
}
