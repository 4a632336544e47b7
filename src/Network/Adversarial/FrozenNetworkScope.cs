using TorchSharp.Modules;

namespace MlNetNtd;

/// <summary>Freezes a network until disposed: no dropout, and no gradients for its weights.</summary>
internal sealed class FrozenNetworkScope : IDisposable
{
    private readonly DiscriminatorNetwork _network;
    private readonly bool _training;
    private readonly Parameter[] _frozen;

    public FrozenNetworkScope(DiscriminatorNetwork network)
    {
        _network = network;
        _training = network.training;
        // Parameters that the user has frozen stay frozen afterwards.
        _frozen = [.. network.parameters().Where(parameter => parameter.requires_grad)];
        network.eval();
        foreach (var parameter in _frozen)
            parameter.requires_grad = false;
    }

    // A later backward pass uses the recorded graph, so the weights may be unfrozen before it.
    public void Dispose()
    {
        foreach (var parameter in _frozen)
            parameter.requires_grad = true;
        _network.train(_training);
    }
}
