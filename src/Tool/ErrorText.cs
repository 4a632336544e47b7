namespace MlNetNtd.Tool;

/// <summary>Turns exceptions into the sentence that the user reads.</summary>
internal static class ErrorText
{
    /// <summary>Describes an error in one line.</summary>
    public static string Describe(Exception error) => error switch
    {
        ToolException or ModelFileException or InvalidRowException => OneLine(error.Message),
        ArgumentException argument => OneLine(WithoutParameter(argument)),
        AggregateException { InnerException: { } inner } => Describe(inner),
        IOException or UnauthorizedAccessException or InvalidOperationException or FormatException or OperationCanceledException => OneLine(error.Message),
        OutOfMemoryException => "There is not enough memory.",
        _ => OneLine($"{error.GetType().Name}: {error.Message}"),
    };

    /// <summary>Gets an exception's message without the name of the parameter that .NET adds.</summary>
    public static string WithoutParameter(ArgumentException error)
    {
        var suffix = $" (Parameter '{error.ParamName}')";
        var end = error.Message.IndexOf(suffix, StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }

    /// <summary>Joins the lines of a message.</summary>
    public static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
