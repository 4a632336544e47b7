namespace MlNetNtd.Tool;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The input, the model or the output is at fault; the error stream has one sentence.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The command was interrupted: 128 + SIGINT, as a shell reports it.</summary>
    public const int Interrupted = 130;
}
