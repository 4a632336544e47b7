namespace MlNetNtd;

/// <summary>The rows of one training: what is known of them, and they themselves, epoch after epoch.</summary>
/// <remarks>Kept in memory where they fit, else read from their views again and again; which of the two changes nothing else.</remarks>
internal sealed class TrainingData
{
    private readonly RowSource _source;
    private readonly RowSource? _validationSource;
    private readonly ValidationDraw _draw;
    private readonly RowShare _share;
    private readonly IReadOnlyList<SequenceRow>? _training;
    private readonly IReadOnlyList<SequenceRow>? _validation;

    /// <param name="source">Of the training rows.</param>
    /// <param name="validationSource">Of the validation rows; null: they are drawn from the others.</param>
    /// <param name="draw">How they are drawn.</param>
    /// <param name="share">Which are this process's.</param>
    /// <param name="training">The training rows that it reads, where they are kept.</param>
    /// <param name="validation">Its validation rows, where they are kept.</param>
    public TrainingData(
        RowSource source, RowSource? validationSource, ValidationDraw draw, RowShare share,
        IReadOnlyList<SequenceRow>? training, IReadOnlyList<SequenceRow>? validation)
    {
        (_source, _validationSource, _draw, _share) = (source, validationSource, draw, share);
        (_training, _validation) = (training, validation);
    }

    /// <summary>The rows to train on, in all processes.</summary>
    public required RowCounts Training { get; init; }

    /// <summary>The rows to find the best epoch by, in all processes; may be none.</summary>
    public required RowCounts Validation { get; init; }

    /// <summary>How many steps an epoch has: as many as the process with the most rows has rows for.</summary>
    public required long Steps { get; init; }

    /// <summary>The longest half of any row.</summary>
    public required int LongestHalf { get; init; }

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
    public required PaddingCount Padding { get; init; }

    /// <summary>A warning where the previous embeddings were shifted before the transform; else null.</summary>
    public string? ShiftProblem { get; init; }

    /// <summary>Whether the training rows are in memory.</summary>
    public bool IsKept => _training is not null;

    /// <summary>The training rows that this process reads, in the order of the view.</summary>
    /// <param name="epoch">For errors.</param>
    public IEnumerable<SequenceRow> TrainingRows(int epoch)
    {
        var dealer = new RowDealer(_draw, _share);
        return _training ?? _source.Again(number => dealer.Next(number) is { Validates: false, Reads: true }, TrainingFingerprint, epoch);
    }

    /// <summary>This process's validation rows, in the order of their view.</summary>
    /// <param name="epoch">For errors.</param>
    public IEnumerable<SequenceRow> ValidationRows(int epoch)
    {
        var dealer = new RowDealer(_validationSource is null ? _draw : ValidationDraw.All, _share);
        return _validation ?? (_validationSource ?? _source).Again(
            number => dealer.Next(number) is { Validates: true, Reads: true }, ValidationFingerprint, epoch);
    }
}
