using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Copies weights between a network's tensors and a <see cref="StateDictionary"/>.</summary>
internal static class NetworkWeights
{
    /// <summary>Copies the current weights of a network, on any device.</summary>
    public static StateDictionary ToStateDictionary(this DiscriminatorNetwork network)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return new StateDictionary(network.Config, network.named_parameters().ToDictionary(
            entry => entry.name, entry => entry.parameter.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray()));
    }

    /// <summary>Copies the weights to a network of the same configuration, on any device.</summary>
    public static void CopyTo(this StateDictionary weights, DiscriminatorNetwork network)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            parameter.copy_(ToTensor(weights[name], parameter.shape));
    }

    /// <summary>Creates a network outside every dispose scope.</summary>
    /// <param name="weights">The weights. They are copied.</param>
    /// <param name="device">The device of the network.</param>
    /// <param name="training">Whether it is in training mode.</param>
    /// <param name="seed">The seed of dropout.</param>
    public static DiscriminatorNetwork ToNetwork(this StateDictionary weights, Device device, bool training, int seed = 0)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var network = new DiscriminatorNetwork(weights, seed);
        if (device.type != DeviceType.CPU)
            network.to(device);
        network.train(training);
        return network;
    }

    /// <summary>Creates a parameter that belongs to no dispose scope.</summary>
    public static Parameter ToParameter(this StateDictionary weights, string name)
    {
        var sizes = weights.Config.Parameters().First(parameter => parameter.Name == name).Sizes;
        var parameter = new Parameter(ToTensor(weights[name], [.. sizes]), requires_grad: true);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    private static Tensor ToTensor(float[] values, long[] sizes)
    {
        var tensor = empty(sizes, dtype: ScalarType.Float32, device: CPU);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(tensor.bytes);
        return tensor;
    }
}
