namespace MlNetNtd.Examples;

/// <summary>How the program ends, for scripts.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int UserError = 1;

    /// <summary>It ran to its end, and what it was to learn it has not learned.</summary>
    public const int LearnedNothing = 2;

    /// <summary>What shells expect of a program that ended by Ctrl+C: 128 and the number of the signal.</summary>
    public const int Interrupted = 130;
}
