namespace MlNetNtd.Examples;

/// <summary>Something that the user can put right; the message is the one sentence that says what.</summary>
internal sealed class UserErrorException : Exception
{
    public UserErrorException(string message)
        : base(message)
    {
    }

    public UserErrorException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
