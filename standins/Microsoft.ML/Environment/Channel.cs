using System.Diagnostics;

namespace Microsoft.ML.Runtime;

/// <summary>Sends messages in the name of a host and of what it is busy with.</summary>
internal class Pipe<TMessage> : MessageSource, IPipe<TMessage>
{
    private readonly MessageSource _parent;
    private readonly MessageHub _hub;
    private bool _disposed;

    public Pipe(MessageSource parent, string shortName, MessageHub hub)
        : base(shortName, parent.FullName)
    {
        _parent = parent;
        _hub = hub;
    }

    public override string ContextDescription => FullName;

    public void Send(TMessage msg) => _hub.Send(this, msg);

    public override TException Process<TException>(TException ex)
    {
        if (ex is not null)
        {
            ex.Data[ThrowingComponentKey] = _parent.ShortName;
            ex.Data[ParentComponentKey] = _parent.ParentFullName;
            ex.Data[PhaseKey] = ShortName;
            Contracts.Mark(ex);
        }

        return ex;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        Finish();
        _disposed = true;
    }

    protected virtual void Finish()
    {
    }
}

/// <summary>A pipe of log messages, which also tells of its own beginning and end.</summary>
internal sealed class Channel : Pipe<ChannelMessage>, IChannel
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public Channel(MessageSource parent, string shortName, MessageHub hub)
        : base(parent, shortName, hub)
    {
        Trace(MessageSensitivity.None, "Channel started");
    }

    public void Trace(MessageSensitivity sensitivity, string fmt)
        => Send(new ChannelMessage(ChannelMessageKind.Trace, sensitivity, fmt));

    public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new ChannelMessage(ChannelMessageKind.Trace, sensitivity, fmt, args));

    public void Error(MessageSensitivity sensitivity, string fmt)
        => Send(new ChannelMessage(ChannelMessageKind.Error, sensitivity, fmt));

    public void Error(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new ChannelMessage(ChannelMessageKind.Error, sensitivity, fmt, args));

    public void Warning(MessageSensitivity sensitivity, string fmt)
        => Send(new ChannelMessage(ChannelMessageKind.Warning, sensitivity, fmt));

    public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new ChannelMessage(ChannelMessageKind.Warning, sensitivity, fmt, args));

    public void Info(MessageSensitivity sensitivity, string fmt)
        => Send(new ChannelMessage(ChannelMessageKind.Info, sensitivity, fmt));

    public void Info(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new ChannelMessage(ChannelMessageKind.Info, sensitivity, fmt, args));

    protected override void Finish()
    {
        Trace(MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", Stopwatch.GetElapsedTime(_started));
        Trace(MessageSensitivity.None, "Channel disposed");
    }
}
