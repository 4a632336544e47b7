namespace MlNetNtd.Tool;

/// <summary>The streams and the environment of a command. Tests replace them.</summary>
internal sealed class ToolConsole
{
    /// <summary>Gets the writer of text on standard output.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Gets the writer of text on standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gets the function that opens standard input for bytes.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Gets the function that opens standard output for bytes.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Gets whether standard output is a terminal.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Gets whether standard error is a terminal, which progress is drawn on.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Gets the function that looks up an environment variable; null: the variable is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Gets the streams and the environment of this process.</summary>
    public static ToolConsole System() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        OpenOutput = Console.OpenStandardOutput,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        Environment = global::System.Environment.GetEnvironmentVariable,
    };
}
