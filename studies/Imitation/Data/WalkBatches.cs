using TorchSharp;

namespace MlNetNtd.Studies.Imitation;

/// <summary>The experts' walks as batches of tensors, shuffled anew for each pass.</summary>
internal static class WalkBatches
{
    /// <summary>Reads this many batches, each inside a dispose scope of its own.</summary>
    public static IEnumerable<WalkBatch> Read(Experiment experiment, WalkRows rows, int batchSize, int steps, int seed)
    {
        // A few walks are repeated until they fill a batch.
        var times = (batchSize - 1) / (experiment.Experts.Count * rows.PerWalk) + 1;
        var (view, done) = (rows.ToView(Enumerable.Repeat(experiment.Experts, times).SelectMany(walks => walks), byExpert: true), 0);
        for (var epoch = 0; done < steps; epoch++)
        {
            var options = new SequenceBatchOptions { BatchSize = batchSize, ShuffleSeed = unchecked(seed * 1009 + epoch), DropIncompleteBatch = true };
            foreach (var batch in experiment.Transformer.ToBatches(view, options).Take(steps - done))
            {
                using (batch)
                {
                    using var scope = torch.NewDisposeScope();
                    yield return new WalkBatch(batch.Sequences);
                }

                done++;
            }
        }
    }
}

/// <summary>One batch of walks.</summary>
/// <param name="Sequences">Combined sequences with the experts' own tokens as candidates, (B, 2T, C).</param>
internal sealed record WalkBatch(torch.Tensor Sequences)
{
    private long Steps => Sequences.shape[1] / 2;

    /// <summary>Where the experts were, (B, T, 2).</summary>
    public torch.Tensor States => Sequences.narrow(1, Steps, Steps).narrow(2, 0, Tokens.StateSize);

    /// <summary>Their moves, (B, T, 2).</summary>
    public torch.Tensor Moves => Sequences.narrow(1, Steps, Steps).narrow(2, Tokens.StateSize, Tokens.MoveSize);

    /// <summary>The same contexts and states with other moves, (B, 2T, C); gradients flow back to them.</summary>
    public torch.Tensor WithMoves(torch.Tensor moves) => AdversarialTrainer.WithCandidates(Sequences, torch.cat([States, moves], 2));
}
