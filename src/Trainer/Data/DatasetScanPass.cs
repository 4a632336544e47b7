namespace MlNetNtd;

/// <summary>One pass over the rows by one process: counts, fingerprints and caches them.</summary>
/// <param name="shard">The shard of this process.</param>
/// <param name="cacheBytes">The size limit of the cache, in bytes.</param>
/// <param name="rowsPerStep">The rows of a step in all processes together.</param>
/// <param name="hashesViews">Whether to digest the views, so that processes can compare them.</param>
internal sealed class DatasetScanPass(DataShard shard, long cacheBytes, long rowsPerStep, bool hashesViews)
{
    private DatasetCounts _training;
    private DatasetCounts _validation;

    /// <summary>Gets the rows that fit into memory.</summary>
    public RowCache Cache { get; } = new(cacheBytes);

    /// <summary>Gets the counts of the training rows that this process counts.</summary>
    public DatasetCounts Training => _training;

    /// <summary>Gets the counts of the validation rows that this process counts.</summary>
    public DatasetCounts Validation => _validation;

    /// <summary>Gets the fingerprint of the training rows that this process reads.</summary>
    public RowFingerprint TrainingFingerprint { get; } = new();

    /// <summary>Gets the fingerprint of the validation rows that this process reads.</summary>
    public RowFingerprint ValidationFingerprint { get; } = new();

    /// <summary>Gets the digest of the training view; null where processes compare nothing.</summary>
    public ViewDigest? TrainingDigest { get; } = hashesViews ? new() : null;

    /// <summary>Gets the digest of the validation view; null where processes compare nothing.</summary>
    public ViewDigest? ValidationDigest { get; } = hashesViews ? new() : null;

    /// <summary>Gets the padding of the training rows in the order in which they come.</summary>
    public PaddingStatistics Padding { get; } = new(rowsPerStep);

    /// <summary>Gets the check for previous embeddings that are shifted already.</summary>
    public ShiftCheck Shift { get; } = new();

    /// <summary>Gets the statistics of the training rows that this process counts.</summary>
    public InputStatistics Inputs { get; } = new();

    /// <summary>Gets the length of the longest half, in tokens.</summary>
    public int MaxHalfTokens { get; private set; }

    /// <summary>Gets the hash of the rows that this process counts. It is a sum, so the division among processes does not change the total.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Reads the rows of a view that this process needs.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="split">Decides which rows are validation rows.</param>
    /// <param name="digest">Receives the digest of the view; null: not computed.</param>
    /// <param name="onKey">Called with the sampling key of each row, or its number if there is no key column.</param>
    /// <returns>The numbers of training and validation rows in the view.</returns>
    public (long Training, long Validation) Read(RowSource source, ValidationSplit split, ViewDigest? digest, Action<long>? onKey = null)
    {
        var assigner = new RowAssigner(split, shard);
        var assignment = default(RowAssigner.RowAssignment);
        foreach (var row in source.Read(IsNeeded, digest))
            Add(row, assignment);
        source.Rows = assigner.TrainingRows + assigner.ValidationRows;
        return (assigner.TrainingRows, assigner.ValidationRows);

        bool IsNeeded(long key)
        {
            onKey?.Invoke(key);
            assignment = assigner.Assign(key);
            return assignment.Needs;
        }
    }

    private void Add(SequenceRow row, RowAssigner.RowAssignment assignment)
    {
        var hash = RowHash.Hash(row);
        (assignment.IsValidation ? ValidationFingerprint : TrainingFingerprint).Add(hash);
        Shift.Add(row);
        MaxHalfTokens = Math.Max(MaxHalfTokens, row.PaddedTokens);
        if (assignment.Counts)
        {
            (assignment.IsValidation ? ref _validation : ref _training) += DatasetCounts.Count(row);
            Hash += RowHash.Combine(hash, assignment.IsValidation ? 1UL : 0);
            if (!assignment.IsValidation)
                Inputs.Add(row);
        }

        if (!assignment.IsValidation)
            Padding.Add(row);
        Cache.Add(row, assignment.IsValidation);
    }
}
