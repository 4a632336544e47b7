using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>This process's batches, epoch by epoch.</summary>
internal sealed class EpochBatches
{
    private readonly IExceptionContext _context;
    private readonly NextTokenDiscriminatorTrainer.Options _options;
    private readonly TrainingDataset _data;
    private readonly DataShard _shard;
    private readonly EpochShuffler _order;

    /// <param name="context">Marks errors.</param>
    /// <param name="options">Of how many rows a step is, and in which order.</param>
    /// <param name="distributed">Who trains.</param>
    /// <param name="data">The rows.</param>
    /// <param name="seed">Decides the order.</param>
    public EpochBatches(IExceptionContext context, NextTokenDiscriminatorTrainer.Options options, DistributedContext distributed, TrainingDataset data, int seed)
    {
        (_context, _options, _data, _shard) = (context, options, data, distributed.CreateShard(options));
        Count = (int)data.Steps;
        var bytesARow = Math.Max(1, data.Training.Bytes / data.Training.Rows);
        _order = new EpochShuffler(_shard, options.BucketByLength, seed, options.ShuffleBufferBytes / bytesARow);
    }

    /// <summary>How many an epoch has.</summary>
    public int Count { get; }

    /// <summary>Those of an epoch, each ready when it is asked for and gone when the next one is.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="done">How many of its steps are over.</param>
    /// <param name="device">Where they are needed.</param>
    public IEnumerable<StepBatch> Enumerate(int epoch, int done, Device device)
    {
        var steps = _order.Steps(epoch, _data.TrainingRows(epoch));
        return StepBatch.PrefetchBatches(
            (_shard.WorldSize == 1 ? steps : PadToStepCount(steps, epoch)).Skip(done), _options.BatchSize, _data.LossByToken, device);
    }

    /// <summary>Which of a step's rows, those of all processes, is the first of this process's.</summary>
    /// <param name="step">From 0, in its epoch.</param>
    public long FirstRow(int step) => _shard.FirstRow(step, _data.Training.Rows);

    // A process may have no rows of the last step, and takes part in it all the same.
    private IEnumerable<SequenceRow[]> PadToStepCount(IEnumerable<SequenceRow[]> steps, int epoch)
    {
        var left = Count;
        foreach (var step in steps)
        {
            if (left-- == 0)
            {
                throw _context.Unable(
                    $"The rows changed while Fit was training on them, in epoch {epoch}: expected {_data.Training.Rows} to train on, as at first, found more.");
            }

            yield return step;
        }

        while (left-- > 0)
            yield return [];
    }
}
