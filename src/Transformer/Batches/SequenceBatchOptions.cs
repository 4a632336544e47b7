using TorchSharp;

namespace MlNetNtd;

/// <summary>Options of <see cref="SequenceBatches.ToBatches"/>.</summary>
public sealed class SequenceBatchOptions
{
    /// <summary>B, the number of rows in a batch. The last batch may have fewer. Default: 64.</summary>
    public int BatchSize { get; set; } = 64;

    /// <summary>The device of the tensors. Default: null, the CPU.</summary>
    public torch.Device? Device { get; set; }

    /// <summary>
    /// The scalar columns (labels, weights) to convert to tensors of shape (B): signed numbers, Bytes and Booleans keep
    /// their type, keys become Int64, counted from 0 (-1 if missing). Default: none.
    /// </summary>
    public IReadOnlyList<string> ScalarColumnNames { get; set; } = [];

    /// <summary>
    /// The seed that shuffles the rows. The same seed gives the same order, so use a different one for each epoch.
    /// Default: null, the order of the input.
    /// </summary>
    public int? ShuffleSeed { get; set; }

    /// <summary>The number of rows in the shuffle buffer, for an input that cannot be shuffled itself. Default: 1,000.</summary>
    public int ShufflePoolSize { get; set; } = 1000;

    /// <summary>Whether to drop a last batch of fewer than <see cref="BatchSize"/> rows. Default: false.</summary>
    public bool DropIncompleteBatch { get; set; }
}
