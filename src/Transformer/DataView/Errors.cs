using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// Creates the library's exceptions: of the types that ML.NET uses for the same causes, each marked by the context that
/// throws it.
/// </summary>
// The parameter names are those of the ML.NET interface methods that the caller called.
#pragma warning disable CA2208
internal static class Errors
{
    /// <summary>An option of the estimator is out of its range.</summary>
    public static Exception Option(this IExceptionContext context, (string Option, string Problem) found) =>
        context.Process(new ArgumentException($"{found.Option}: {found.Problem}.", found.Option));

    /// <summary>An input column is not in the schema.</summary>
    public static Exception MissingColumn(this IExceptionContext context, string role, string name) =>
        context.Process(new ArgumentOutOfRangeException(
            "inputSchema", $"Could not find {role} column '{name}'."));

    /// <summary>An input column has another type than expected.</summary>
    public static Exception SchemaMismatch(
        this IExceptionContext context, string role, string name, string expected, DataViewType found, string? advice = null) =>
        context.SchemaMismatch(role, name, expected, found.ToString()!, advice);

    /// <summary>An input column has another type, size or annotation than expected.</summary>
    public static Exception SchemaMismatch(
        this IExceptionContext context, string role, string name, string expected, string found, string? advice = null) =>
        context.Process(new ArgumentOutOfRangeException(
            "inputSchema",
            $"Schema mismatch for {role} column '{name}': expected {expected}, got {found}."
            + (advice is null ? "" : $" {advice}")));

    /// <summary>A row's value in a column is invalid.</summary>
    public static Exception Row(this IExceptionContext context, string column, long row, string expected, string found) =>
        context.Process(new InvalidRowException(column, row, expected, found));

    /// <summary>A row of a list is null.</summary>
    public static Exception MissingRow(this IExceptionContext context, long row) =>
        context.Process(new InvalidRowException(null, row, "a row", "null"));

    /// <summary>A model file is damaged.</summary>
    public static Exception ModelFile(this IExceptionContext context, string problem, Exception? inner = null) =>
        context.Process(new FormatException($"Damaged NextTokenDiscriminator model: {problem}.", inner));

    /// <summary>An operation is not possible in the current state.</summary>
    public static Exception Unable(this IExceptionContext context, string message, Exception? inner = null) =>
        context.Process(new InvalidOperationException(message, inner));

    /// <summary>A value is read while there is no current row.</summary>
    public static Exception NoRow(this IExceptionContext context) =>
        context.Process(new InvalidOperationException("There is no current row: call MoveNext, and read only while it returns true."));

    /// <summary>A getter is requested for a column that is not active.</summary>
    public static Exception InactiveColumn(this IExceptionContext context, string name) =>
        context.Process(new ArgumentOutOfRangeException(
            "column", $"Column '{name}' is not active: name it in the columns needed."));

    /// <summary>A getter is requested with another type than the column's.</summary>
    public static Exception WrongGetterType(this IExceptionContext context, string name, DataViewType type, Type asked) =>
        context.Process(new InvalidOperationException(
            $"Column '{name}' is {type}: its values are {type.RawType}, not {asked}."));
}
