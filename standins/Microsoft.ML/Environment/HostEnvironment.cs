namespace Microsoft.ML.Runtime;

/// <summary>What the root environment and hosts have in common: names, settings, messages, cancellation.</summary>
internal abstract class HostEnvironment : MessageSource, IHostEnvironmentInternal, ICancelable
{
    private readonly Lock _lock = new();
    private readonly List<WeakReference<Host>> _children = [];

    protected HostEnvironment(
        MessageHub hub, ComponentCatalog catalog, int? seed, Random random, string shortName, string parentFullName)
        : base(shortName, parentFullName)
    {
        Hub = hub;
        ComponentCatalog = catalog;
        Seed = seed;
        Random = random;
    }

    public MessageHub Hub { get; }

    public ComponentCatalog ComponentCatalog { get; }

    public int? Seed { get; }

    public bool FallbackToCpu { get; set; }

    public int? GpuDeviceId { get; set; }

    public bool IsCanceled { get; protected set; }

    public override string ContextDescription => "HostEnvironment";

    protected Random Random { get; }

    /// <summary>What hosts registered here are named after.</summary>
    internal abstract string FullNameAboveChildren { get; }

    /// <summary>A host that takes over the settings as they are now, with random numbers of its own.</summary>
    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        lock (_lock)
        {
            _children.RemoveAll(child => !child.TryGetTarget(out _));
            var host = new Host(this, name, seed is int own ? RandomUtils.Create(own) : RandomUtils.Create(Random));
            _children.Add(new WeakReference<Host>(host));
            return host;
        }
    }

    public IChannel Start(string name) => new Channel(this, name, Hub);

    public IPipe<TMessage> StartPipe<TMessage>(string name) => new Pipe<TMessage>(this, name, Hub);

    public IProgressChannel StartProgressChannel(string name)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        return new SilentProgressChannel();
    }

    public override TException Process<TException>(TException ex)
    {
        if (ex is not null)
        {
            ex.Data[ThrowingComponentKey] = "Environment";
            Contracts.Mark(ex);
        }

        return ex;
    }

    public void CancelExecution()
    {
        lock (_lock)
        {
            foreach (WeakReference<Host> child in _children)
            {
                if (child.TryGetTarget(out Host host))
                    host.CancelExecution();
            }

            _children.Clear();
            IsCanceled = true;
        }
    }

    private sealed class SilentProgressChannel : IProgressChannel
    {
        // Nobody asks how far it is, so the action is never called.
        public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction)
        {
        }

        public void Checkpoint(params double?[] values)
        {
        }

        public IProgressChannel StartProgressChannel(string name) => new SilentProgressChannel();

        public void Dispose()
        {
        }
    }
}
