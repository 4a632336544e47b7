using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Enumerates this process's batches of each epoch.</summary>
internal sealed class EpochBatches
{
    private readonly IExceptionContext _context;
    private readonly TrainingDataset _data;
    private readonly DataShard _shard;
    private readonly EpochShuffler _shuffler;

    /// <summary>Initializes the shuffler for the rows of this process.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="options">The trainer's options: the size of a step, its composition and the size of the shuffle buffer.</param>
    /// <param name="distributed">The processes of the training.</param>
    /// <param name="data">The rows.</param>
    /// <param name="seed">The seed of the order.</param>
    public EpochBatches(IExceptionContext context, NextTokenDiscriminatorTrainer.Options options, DistributedContext distributed, TrainingDataset data, int seed)
    {
        (_context, _data, _shard) = (context, data, distributed.CreateShard(options));
        Count = (int)data.Steps;
        var bytesPerRow = Math.Max(1, data.Training.Bytes / data.Training.Rows);
        _shuffler = new EpochShuffler(_shard, options.BucketByLength, seed, options.ShuffleBufferBytes / bytesPerRow);
    }

    /// <summary>Gets the number of steps in an epoch.</summary>
    public int Count { get; }

    /// <summary>Enumerates the batches of an epoch with prefetch. Each is disposed when the next one is requested.</summary>
    /// <param name="epoch">The number of the epoch, from 1.</param>
    /// <param name="done">The number of steps to skip, because they are done.</param>
    /// <param name="pack">Packs the rows of a step.</param>
    public IEnumerable<StepBatch> Enumerate(int epoch, int done, Func<SequenceRow[], StepBatch> pack)
    {
        var steps = _shuffler.Steps(epoch, _data.TrainingRows(epoch));
        return StepBatch.PrefetchBatches((_shard.WorldSize == 1 ? steps : PadToStepCount(steps, epoch)).Skip(done), pack);
    }

    /// <summary>Returns the index of this process's first row among the rows of a step.</summary>
    /// <param name="step">The index of the step in its epoch.</param>
    public long FirstRow(int step) => _shard.FirstRow(step, _data.Training.Rows);

    // A process without rows in the last steps still takes part in their all-reduce.
    private IEnumerable<SequenceRow[]> PadToStepCount(IEnumerable<SequenceRow[]> steps, int epoch)
    {
        var enumerated = 0;
        foreach (var step in steps)
        {
            if (enumerated == Count)
            {
                throw _context.Unable(
                    $"The rows changed while Fit was training on them, in epoch {epoch}: expected {_data.Training.Rows} to train on, as at first, found more.");
            }

            enumerated++;
            yield return step;
        }

        for (; enumerated < Count; enumerated++)
            yield return [];
    }
}
