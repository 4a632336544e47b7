using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Scores rows with the TorchSharp network, which is created for the first batch and shared by all cursors.</summary>
/// <remarks>Its weights do not change and it is in evaluation mode, so several threads may run it at once.</remarks>
internal sealed class TorchRowScorer(StateDictionary weights, Device device) : IRowScorer
{
    private readonly RefCounted<DiscriminatorNetwork> _network =
        new(() => weights.ToNetwork(device, training: false), typeof(NextTokenDiscriminatorScorer));

    public RowScores[] Score(IReadOnlyList<SequenceRow> rows)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var batch = PaddedBatch.Create(rows, device);
        using var network = _network.Acquire();
        var logits = network.Value.Run(batch.Sequences, batch.Mask, batch.CandidatesPerToken).cpu();
        var (values, padded) = (logits.data<float>().ToArray(), (int)logits.shape[1]);
        return [.. rows.Select((row, i) => RowScores.FromLogits(values.AsSpan(i * padded, row.CandidatesPerToken * row.Tokens)))];
    }

    public void Dispose() => _network.Dispose();
}
