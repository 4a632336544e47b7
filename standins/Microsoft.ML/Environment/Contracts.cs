using System.Globalization;

namespace Microsoft.ML.Runtime;

/// <summary>
/// Makes exceptions that carry the library's mark, with or without a context.
/// A marked exception is one that was thrown on purpose.
/// </summary>
internal static partial class Contracts
{
    public const string IsMarkedKey = "ML_IsMarked";

    public static TException Mark<TException>(TException ex)
        where TException : Exception
    {
        ex.Data[IsMarkedKey] = 1;
        return ex;
    }

    public static bool IsMarked(this Exception ex) => ex.Data.Contains(IsMarkedKey);

    public static TException Process<TException>(this TException ex, IExceptionContext ectx = null)
        where TException : Exception
        => ectx is null ? Mark(ex) : ectx.Process(ex);

    public static Exception Except(string msg) => Mark(new InvalidOperationException(msg));

    public static Exception Except(this IExceptionContext ctx, string msg)
        => Process(new InvalidOperationException(msg), ctx);

    public static Exception Except(string msg, params object[] args) => Except(Format(msg, args));

    public static Exception Except(this IExceptionContext ctx, string msg, params object[] args)
        => Except(ctx, Format(msg, args));

    public static Exception Except(Exception inner, string msg) => Mark(new InvalidOperationException(msg, inner));

    public static Exception ExceptUserArg(this IExceptionContext ctx, string name, string msg)
        => Process(new ArgumentOutOfRangeException(name, msg), ctx);

    public static Exception ExceptParam(string paramName) => Mark(new ArgumentOutOfRangeException(paramName));

    public static Exception ExceptParam(this IExceptionContext ctx, string paramName)
        => Process(new ArgumentOutOfRangeException(paramName), ctx);

    public static Exception ExceptParam(string paramName, string msg)
        => Mark(new ArgumentOutOfRangeException(paramName, msg));

    public static Exception ExceptParam(this IExceptionContext ctx, string paramName, string msg)
        => Process(new ArgumentOutOfRangeException(paramName, msg), ctx);

    public static Exception ExceptParam(string paramName, string msg, params object[] args)
        => ExceptParam(paramName, Format(msg, args));

    public static Exception ExceptParam(this IExceptionContext ctx, string paramName, string msg, params object[] args)
        => ExceptParam(ctx, paramName, Format(msg, args));

    public static Exception ExceptValue(string paramName) => Mark(new ArgumentNullException(paramName));

    public static Exception ExceptValue(this IExceptionContext ctx, string paramName)
        => Process(new ArgumentNullException(paramName), ctx);

    public static Exception ExceptEmpty(string paramName) => ExceptParam(paramName, $"{paramName} cannot be null or empty");

    public static Exception ExceptEmpty(this IExceptionContext ctx, string paramName)
        => ExceptParam(ctx, paramName, $"{paramName} cannot be null or empty");

    public static Exception ExceptDecode() => Mark(new FormatException());

    public static Exception ExceptDecode(this IExceptionContext ctx) => Process(new FormatException(), ctx);

    public static Exception ExceptDecode(string msg) => Mark(new FormatException(msg));

    public static Exception ExceptDecode(this IExceptionContext ctx, string msg) => Process(new FormatException(msg), ctx);

    public static Exception ExceptDecode(this IExceptionContext ctx, string msg, params object[] args)
        => ExceptDecode(ctx, Format(msg, args));

    public static Exception ExceptNotSupp(string msg) => Mark(new NotSupportedException(msg));

    public static Exception ExceptSchemaMismatch(this IExceptionContext ctx, string paramName, string columnRole, string columnName)
        => ExceptParam(ctx, paramName, $"Could not find {columnRole} column '{columnName}'");

    public static Exception ExceptSchemaMismatch(
        this IExceptionContext ctx, string paramName, string columnRole, string columnName, string expectedType, string actualType)
        => ExceptParam(ctx, paramName,
            $"Schema mismatch for {columnRole} column '{columnName}': expected {expectedType}, got {actualType}");

    private static string Format(string msg, object[] args) => string.Format(CultureInfo.InvariantCulture, msg, args);
}
