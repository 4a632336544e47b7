namespace Microsoft.ML.Runtime;

/// <summary>What components live in: messages, randomness, and the catalog of loadable classes.</summary>
public interface IHostEnvironment : IChannelProvider, IProgressChannelProvider
{
    /// <summary>A host for a component, with a random generator of its own drawn from this one's.</summary>
    IHost Register(string name, int? seed = null, bool? verbose = null);

    ComponentCatalog ComponentCatalog { get; }
}

/// <summary>The environment of one component.</summary>
public interface IHost : IHostEnvironment
{
    Random Rand { get; }
}

/// <summary>Settings of an environment that hosts take over when they are registered.</summary>
internal interface IHostEnvironmentInternal : IHostEnvironment
{
    int? Seed { get; }

    bool FallbackToCpu { get; set; }

    int? GpuDeviceId { get; set; }
}

internal interface ICancelable
{
    void CancelExecution();

    bool IsCanceled { get; }
}
