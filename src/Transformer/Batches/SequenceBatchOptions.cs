using TorchSharp;

namespace MlNetNtd;

/// <summary>How <see cref="SequenceBatches.ToBatches"/> makes batches.</summary>
public sealed class SequenceBatchOptions
{
    /// <summary>B, the rows of a batch; the last batch may have fewer. Default: 64.</summary>
    public int BatchSize { get; set; } = 64;

    /// <summary>Where the tensors are put. Default: null, the CPU.</summary>
    public torch.Device? Device { get; set; }

    /// <summary>
    /// Columns of single values (labels, weights) to hand over as tensors of shape (B): signed numbers, Bytes and Booleans in the type
    /// that they have, keys as Int64 counted from 0 (-1: missing). Default: none.
    /// </summary>
    public IReadOnlyList<string> ScalarColumnNames { get; set; } = [];

    /// <summary>
    /// A seed to shuffle the rows by, the same order for the same seed; another epoch wants another seed. Default: null,
    /// the order of the input.
    /// </summary>
    public int? ShuffleSeed { get; set; }

    /// <summary>Rows that are mixed at a time where the input itself cannot be shuffled. Default: 1,000.</summary>
    public int ShufflePoolSize { get; set; } = 1000;

    /// <summary>Whether to leave out a last batch of fewer than <see cref="BatchSize"/> rows. Default: false.</summary>
    public bool DropIncompleteBatch { get; set; }
}
