namespace Microsoft.ML.Runtime;

/// <summary>Something with a name and a place below others, that messages and exceptions come from.</summary>
internal abstract class MessageSource : IExceptionContext
{
    protected const string ThrowingComponentKey = "Throwing component";
    protected const string ParentComponentKey = "Parent component";
    protected const string PhaseKey = "Phase";

    protected MessageSource(string shortName, string parentFullName)
    {
        ShortName = string.IsNullOrEmpty(shortName) ? null : shortName;
        ParentFullName = string.IsNullOrEmpty(parentFullName) ? null : parentFullName;
        FullName = ParentFullName is null ? ShortName : $"{ParentFullName}; {ShortName}";
    }

    public string ShortName { get; }

    public string ParentFullName { get; }

    public string FullName { get; }

    public abstract string ContextDescription { get; }

    public abstract TException Process<TException>(TException ex)
        where TException : Exception;
}

/// <summary>Brings messages of all hosts of one root to those who listen.</summary>
internal sealed class MessageHub
{
    public event Action<MessageSource, ChannelMessage> ChannelMessages;

    public void Send<TMessage>(MessageSource sender, TMessage message)
    {
        if (message is ChannelMessage channelMessage)
            ChannelMessages?.Invoke(sender, channelMessage);
    }
}
