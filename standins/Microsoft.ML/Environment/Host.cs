namespace Microsoft.ML.Runtime;

/// <summary>The environment of one component.</summary>
internal sealed class Host : HostEnvironment, IHost
{
    public Host(HostEnvironment source, string name, Random random)
        : base(source.Hub, source.ComponentCatalog, source.Seed, random, name, source.FullNameAboveChildren)
    {
        GpuDeviceId = source.GpuDeviceId;
        FallbackToCpu = source.FallbackToCpu;
        IsCanceled = source.IsCanceled;
        FullNameAboveChildren = source.FullName;
    }

    public Random Rand => Random;

    /// <summary>
    /// A host within a host is named after the host one level further out: the real library
    /// leaves out the one between, and messages show it.
    /// </summary>
    internal override string FullNameAboveChildren { get; }
}
