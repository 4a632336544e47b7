using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The network of one scorer on one device. It is created for the first batch and shared by all cursors.</summary>
/// <remarks>Its weights do not change and it is in evaluation mode, so several threads may run it at once.</remarks>
internal sealed class NetworkHandle(StateDictionary weights, Device device) : IDisposable
{
    private readonly RefCounted<DiscriminatorNetwork> _network =
        new(() => Create(weights, device, training: false), typeof(NextTokenDiscriminatorScorer));

    /// <summary>Scores rows in one batch.</summary>
    public RowScores[] Score(IReadOnlyList<SequenceRow> rows)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var batch = PaddedBatch.Create(rows, device);
        using var network = _network.Acquire();
        var logits = network.Value.Run(batch.Sequences, batch.Mask).cpu();
        var (values, padded) = (logits.data<float>().ToArray(), (int)logits.shape[1]);
        return [.. rows.Select((row, i) => RowScores.FromLogits(values.AsSpan(i * padded, row.Tokens)))];
    }

    public void Dispose() => _network.Dispose();

    /// <summary>Creates a network outside every dispose scope.</summary>
    /// <param name="weights">The weights. They are copied.</param>
    /// <param name="device">The device of the network.</param>
    /// <param name="training">Whether it is in training mode.</param>
    /// <param name="seed">The seed of dropout.</param>
    public static DiscriminatorNetwork Create(StateDictionary weights, Device device, bool training, int seed = 0)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var network = new DiscriminatorNetwork(weights, seed);
        if (device.type != DeviceType.CPU)
            network.to(device);
        network.train(training);
        return network;
    }
}
