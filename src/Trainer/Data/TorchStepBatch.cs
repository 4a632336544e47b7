using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The rows of one step as micro-batches of tensors on the network's device. It owns the tensors.</summary>
internal sealed class TorchStepBatch : StepBatch
{
    private TorchStepBatch(SequenceRow[] rows, int microBatchSize, Func<SequenceRow[], MicroBatch> pack)
        : base(rows, microBatchSize) => Inputs = Array.ConvertAll(MicroBatches, microBatch => pack(microBatch));

    /// <summary>Gets the tensors of each micro-batch.</summary>
    public MicroBatch[] Inputs { get; }

    /// <summary>Packs rows and moves them to the device.</summary>
    public static TorchStepBatch Create(SequenceRow[] rows, TrainingEngineSettings settings, Device device)
    {
        // The tensors leave the dispose scope, because scopes belong to a thread and batches change threads.
        using var scope = NewDisposeScope();
        var batch = new TorchStepBatch(rows, settings.MicroBatchSize, Pack);
        foreach (var tensor in batch.Inputs.SelectMany(Tensors))
            tensor.DetachFromDisposeScope();
        return batch;

        MicroBatch Pack(SequenceRow[] microBatch)
        {
            var packed = PaddedBatch.Create(microBatch, device);
            return new MicroBatch(
                packed.Sequences, packed.Mask, PaddedBatch.Labels(microBatch, settings.Loss != LossKind.Row, device), packed.Tokens, PaddedBatch.Weights(microBatch, device))
            {
                CandidatesPerToken = packed.CandidatesPerToken,
                Ranks = settings.Loss == LossKind.RankingNce,
            };
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var tensor in disposing ? Inputs.SelectMany(Tensors) : [])
            tensor.Dispose();
        base.Dispose(disposing);
    }

    private static IEnumerable<Tensor> Tensors(MicroBatch input) =>
        new[] { input.Sequences, input.Mask, input.Labels, input.RealTokens, input.Weights }.OfType<Tensor>();
}
