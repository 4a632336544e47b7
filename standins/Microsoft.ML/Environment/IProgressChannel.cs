namespace Microsoft.ML.Runtime;

public interface IProgressChannelProvider
{
    IProgressChannel StartProgressChannel(string name);
}

/// <summary>Progress reports. Nothing in the stand-in listens to them.</summary>
public interface IProgressChannel : IProgressChannelProvider, IDisposable
{
    void Checkpoint(params double?[] values);
}
