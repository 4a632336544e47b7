namespace MlNetNtd.Tool;

/// <summary>An error that the user can correct. The message is one sentence: what was expected, what was found, and where.</summary>
internal sealed class ToolException : Exception
{
    public ToolException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
