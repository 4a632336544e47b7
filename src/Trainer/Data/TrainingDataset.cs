namespace MlNetNtd;

/// <summary>The rows of one training and their statistics.</summary>
/// <remarks>Rows come from memory if they fit, otherwise from their views in each epoch. The result of the training is the same.</remarks>
internal sealed class TrainingDataset
{
    private readonly RowSource _source;
    private readonly RowSource? _validationSource;
    private readonly ValidationSplit _split;
    private readonly DataShard _shard;
    private readonly IReadOnlyList<SequenceRow>? _training;
    private readonly IReadOnlyList<SequenceRow>? _validation;

    /// <summary>Initializes the dataset.</summary>
    /// <param name="source">The source of the training rows.</param>
    /// <param name="validationSource">The source of the validation rows; null if they are drawn from the training rows.</param>
    /// <param name="split">The validation split.</param>
    /// <param name="shard">The shard of this process.</param>
    /// <param name="training">The training rows that this process reads; null if they are not cached.</param>
    /// <param name="validation">The validation rows of this process; null if they are not cached.</param>
    /// <param name="standardization">The standardization of inputs; null: inputs stay as they are. Cached rows are changed in place.</param>
    public TrainingDataset(
        RowSource source, RowSource? validationSource, ValidationSplit split, DataShard shard,
        IReadOnlyList<SequenceRow>? training, IReadOnlyList<SequenceRow>? validation, InputStandardization? standardization = null)
    {
        (_source, _validationSource, _split, _shard) = (source, validationSource, split, shard);
        (_training, _validation) = (training, validation);
        Standardization = standardization;
        if (standardization is null)
            return;
        foreach (var row in (training ?? []).Concat(validation ?? []))
            standardization.Apply(row);
    }

    /// <summary>Gets the counts of the training rows in all processes.</summary>
    public required DatasetCounts Training { get; init; }

    /// <summary>Gets the counts of the validation rows in all processes. There may be none.</summary>
    public required DatasetCounts Validation { get; init; }

    /// <summary>Gets the number of steps in an epoch. With sharded input the process with the most rows determines it.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the length of the longest half of any row, in tokens.</summary>
    public required int MaxHalfTokens { get; init; }

    /// <summary>Gets whether there is a label per token.</summary>
    public required bool LabelsTokens { get; init; }

    /// <summary>Gets what the loss compares, never Auto.</summary>
    public required LossKind Loss { get; init; }

    /// <summary>Gets K, the number of candidates of each token.</summary>
    public required int CandidatesPerToken { get; init; }

    /// <summary>Gets the hash of all rows. It does not depend on the number of processes, unless the input is sharded.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Gets the fingerprint of the training rows that this process reads.</summary>
    public required RowFingerprint TrainingFingerprint { get; init; }

    /// <summary>Gets the fingerprint of the validation rows that this process reads.</summary>
    public required RowFingerprint ValidationFingerprint { get; init; }

    /// <summary>Gets the padding of batches in the order of the view.</summary>
    public required PaddingStatistics Padding { get; init; }

    /// <summary>Gets the warning that the previous embeddings were shifted before the transform; null if they were not.</summary>
    public string? ShiftProblem { get; init; }

    /// <summary>Gets the standardization of the rows that this dataset returns; null: they are as in the views.</summary>
    public InputStandardization? Standardization { get; }

    /// <summary>Gets whether the training rows are in memory.</summary>
    public bool IsCached => _training is not null;

    /// <summary>Converts weights for inputs as they are to weights for the rows that this dataset returns.</summary>
    public StateDictionary ToTrainingScale(StateDictionary weights) => Standardization?.Unfold(weights) ?? weights;

    /// <summary>Converts weights for the rows that this dataset returns to weights for inputs as they are.</summary>
    public StateDictionary ToInputScale(StateDictionary weights) => Standardization?.Fold(weights) ?? weights;

    /// <summary>Returns the training rows that this process reads, in the order of the view.</summary>
    /// <param name="epoch">The epoch, for error messages.</param>
    public IEnumerable<SequenceRow> TrainingRows(int epoch)
    {
        var assigner = new RowAssigner(_split, _shard);
        return _training ?? Standardize(_source.ReadAgain(key => assigner.Assign(key) is { IsValidation: false, Needs: true }, TrainingFingerprint, epoch));
    }

    /// <summary>Returns the validation rows of this process, in the order of their view.</summary>
    /// <param name="epoch">The epoch, for error messages.</param>
    public IEnumerable<SequenceRow> ValidationRows(int epoch)
    {
        var assigner = new RowAssigner(_validationSource is null ? _split : ValidationSplit.All, _shard);
        return _validation ?? Standardize((_validationSource ?? _source).ReadAgain(
            key => assigner.Assign(key) is { IsValidation: true, Needs: true }, ValidationFingerprint, epoch));
    }

    // Rows that are read again are new copies.
    private IEnumerable<SequenceRow> Standardize(IEnumerable<SequenceRow> rows) => Standardization is null ? rows : rows.Select(Standardization.Apply);
}
