namespace MlNetNtd;

/// <summary>The rows of one training: what is known of them, and they themselves, epoch after epoch.</summary>
/// <remarks>Kept in memory where they fit, else read from their views again and again; which of the two changes nothing else.</remarks>
internal sealed class TrainingDataset
{
    private readonly RowSource _source;
    private readonly RowSource? _validationSource;
    private readonly ValidationSplit _draw;
    private readonly DataShard _shard;
    private readonly IReadOnlyList<SequenceRow>? _training;
    private readonly IReadOnlyList<SequenceRow>? _validation;

    /// <param name="source">Of the training rows.</param>
    /// <param name="validationSource">Of the validation rows; null: they are drawn from the others.</param>
    /// <param name="draw">How they are drawn.</param>
    /// <param name="shard">Which are this process's.</param>
    /// <param name="training">The training rows that it reads, where they are kept.</param>
    /// <param name="validation">Its validation rows, where they are kept.</param>
    public TrainingDataset(
        RowSource source, RowSource? validationSource, ValidationSplit draw, DataShard shard,
        IReadOnlyList<SequenceRow>? training, IReadOnlyList<SequenceRow>? validation)
    {
        (_source, _validationSource, _draw, _shard) = (source, validationSource, draw, shard);
        (_training, _validation) = (training, validation);
    }

    /// <summary>The rows to train on, in all processes.</summary>
    public required DatasetCounts Training { get; init; }

    /// <summary>The rows to find the best epoch by, in all processes; may be none.</summary>
    public required DatasetCounts Validation { get; init; }

    /// <summary>How many steps an epoch has: as many as the process with the most rows has rows for.</summary>
    public required long Steps { get; init; }

    /// <summary>The longest half of any row.</summary>
    public required int MaxHalfTokens { get; init; }

    /// <summary>Whether there is a label per token.</summary>
    public required bool LabelsTokens { get; init; }

    /// <summary>Whether the loss compares tokens.</summary>
    public required bool LossByToken { get; init; }

    /// <summary>What all rows hold, in a few letters: the same however many processes read them.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The training rows that this process reads, as they came at first.</summary>
    public required RowFingerprint TrainingFingerprint { get; init; }

    /// <summary>Its validation rows, as they came at first.</summary>
    public required RowFingerprint ValidationFingerprint { get; init; }

    /// <summary>The padding in batches of rows as they come.</summary>
    public required PaddingStatistics Padding { get; init; }

    /// <summary>A warning where the previous embeddings were shifted before the transform; else null.</summary>
    public string? ShiftProblem { get; init; }

    /// <summary>Whether the training rows are in memory.</summary>
    public bool IsCached => _training is not null;

    /// <summary>The training rows that this process reads, in the order of the view.</summary>
    /// <param name="epoch">For errors.</param>
    public IEnumerable<SequenceRow> TrainingRows(int epoch)
    {
        var dealer = new RowAssigner(_draw, _shard);
        return _training ?? _source.ReadAgain(number => dealer.Assign(number) is { IsValidation: false, Needs: true }, TrainingFingerprint, epoch);
    }

    /// <summary>This process's validation rows, in the order of their view.</summary>
    /// <param name="epoch">For errors.</param>
    public IEnumerable<SequenceRow> ValidationRows(int epoch)
    {
        var dealer = new RowAssigner(_validationSource is null ? _draw : ValidationSplit.All, _shard);
        return _validation ?? (_validationSource ?? _source).ReadAgain(
            number => dealer.Assign(number) is { IsValidation: true, Needs: true }, ValidationFingerprint, epoch);
    }
}
