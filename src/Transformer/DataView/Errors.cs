using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// The errors of the stage, of the exception types that ML.NET uses for the same causes, each marked by the
/// context it is thrown in.
/// </summary>
// The parameter names are those of the ML.NET interfaces that the caller called.
#pragma warning disable CA2208
internal static class Errors
{
    /// <summary>An option of the estimator is out of its range.</summary>
    public static Exception Option(this IExceptionContext context, (string Option, string Problem) found) =>
        context.Process(new ArgumentException($"{found.Option}: {found.Problem}.", found.Option));

    /// <summary>A column that the stage reads is not in the schema.</summary>
    public static Exception MissingColumn(this IExceptionContext context, string role, string name) =>
        context.Process(new ArgumentOutOfRangeException(
            "inputSchema", $"Could not find {role} column '{name}'."));

    /// <summary>A column is there and is not what the stage reads.</summary>
    public static Exception SchemaMismatch(
        this IExceptionContext context, string role, string name, string expected, DataViewType found, string? advice = null) =>
        context.SchemaMismatch(role, name, expected, found.ToString()!, advice);

    /// <summary>A column is there and is not what the stage reads.</summary>
    public static Exception SchemaMismatch(
        this IExceptionContext context, string role, string name, string expected, string found, string? advice = null) =>
        context.Process(new ArgumentOutOfRangeException(
            "inputSchema",
            $"Schema mismatch for {role} column '{name}': expected {expected}, got {found}."
            + (advice is null ? "" : $" {advice}")));

    /// <summary>A row does not hold what its column promises.</summary>
    public static Exception Row(this IExceptionContext context, string column, long row, string expected, string found) =>
        context.Process(new InvalidRowException(column, row, expected, found));

    /// <summary>A list has no row where it should have one.</summary>
    public static Exception MissingRow(this IExceptionContext context, long row) =>
        context.Process(new InvalidRowException(null, row, "a row", "null"));

    /// <summary>A model file does not hold what this version wrote.</summary>
    public static Exception ModelFile(this IExceptionContext context, string problem, Exception? inner = null) =>
        context.Process(new FormatException($"Damaged NextTokenDiscriminator model: {problem}.", inner));

    /// <summary>Anything else that cannot be done here and now.</summary>
    public static Exception Unable(this IExceptionContext context, string message, Exception? inner = null) =>
        context.Process(new InvalidOperationException(message, inner));

    /// <summary>A getter was asked for while the row stands before the first or after the last one.</summary>
    public static Exception NoRow(this IExceptionContext context) =>
        context.Process(new InvalidOperationException("There is no current row: call MoveNext, and read only while it returns true."));

    /// <summary>A column was asked for that was not in the columns needed.</summary>
    public static Exception InactiveColumn(this IExceptionContext context, string name) =>
        context.Process(new ArgumentOutOfRangeException(
            "column", $"Column '{name}' is not active: name it in the columns needed."));

    /// <summary>A getter was asked for with another type than the column's.</summary>
    public static Exception WrongGetterType(this IExceptionContext context, string name, DataViewType type, Type asked) =>
        context.Process(new InvalidOperationException(
            $"Column '{name}' is {type}: its values are {type.RawType}, not {asked}."));
}
