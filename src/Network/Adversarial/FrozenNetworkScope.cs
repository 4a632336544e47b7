using TorchSharp.Modules;

namespace MlNetNtd;

/// <summary>A network that is passed through, not trained, until this is disposed: no dropout, and no gradient for its weights.</summary>
internal sealed class FrozenNetworkScope : IDisposable
{
    private readonly DiscriminatorNetwork _network;
    private readonly bool _training;
    private readonly Parameter[] _frozen;

    public FrozenNetworkScope(DiscriminatorNetwork network)
    {
        _network = network;
        _training = network.training;
        // What the user froze stays frozen afterwards.
        _frozen = [.. network.parameters().Where(parameter => parameter.requires_grad)];
        network.eval();
        foreach (var parameter in _frozen)
            parameter.requires_grad = false;
    }

    // A backward that comes later follows what was recorded, so the weights may be given back before it.
    public void Dispose()
    {
        foreach (var parameter in _frozen)
            parameter.requires_grad = true;
        _network.train(_training);
    }
}
