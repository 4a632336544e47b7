using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The first reading of all rows: checks and counts them, draws the validation rows, and keeps what fits.</summary>
internal sealed class RowSurvey : IDisposable
{
    // Enough to know the data by.
    private const int RowsHashed = 64;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HashSet<AttentionMask> _masks = [];
    private readonly long _cacheBytes;
    private readonly PaddingCount _padding;

    private List<SequenceRow>? _trainingRows = [];
    private List<SequenceRow>? _validationRows = [];
    private RowCounts _training;
    private RowCounts _validation;
    private long _maskBytes;
    private int _longestHalf;

    private RowSurvey(long cacheBytes, long rowsPerStep) => (_cacheBytes, _padding) = (cacheBytes, new PaddingCount(rowsPerStep));

    /// <summary>Reads all rows, and checks that there is something to learn.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="source">The rows.</param>
    /// <param name="validation">Those of another view, to find the best epoch by; null: drawn from the rows.</param>
    /// <param name="columns">Of the rows.</param>
    /// <param name="options">How they are drawn, kept and put together.</param>
    /// <param name="splitSeed">Decides which are drawn.</param>
    /// <exception cref="InvalidOperationException">
    /// A row does not hold what its columns promise; there are too few rows, or labels of one kind only.
    /// </exception>
    public static TrainingData Read(
        IExceptionContext context, RowSource source, RowSource? validation, InputColumns columns,
        NextTokenDiscriminatorTrainer.Options options, int splitSeed)
    {
        using var survey = new RowSurvey(
            options.CacheBytes ?? MemoryShare.Default, (long)options.BatchSize * options.AccumulateSteps);
        var draw = validation is null && options.ValidationFraction > 0
            ? survey.Split(context, source, options.ValidationFraction, splitSeed)
            : survey.ReadWhole(context, source, validation);
        survey.CheckLabels(context, columns.Label!.Value.Name, validation is null);
        return new TrainingData(source, validation, draw, survey._trainingRows, survey._validationRows)
        {
            Training = survey._training,
            Validation = survey._validation,
            LongestHalf = survey._longestHalf,
            LabelsTokens = columns.LabelsTokens,
            FirstRows = Convert.ToHexString(survey._hash.GetHashAndReset())[..16],
            Padding = survey._padding.Share,
        };
    }

    public void Dispose() => _hash.Dispose();

    private ValidationDraw ReadWhole(IExceptionContext context, RowSource source, RowSource? validation)
    {
        foreach (var row in source.Read())
            AddTraining(row);
        source.Rows = _training.Rows;
        foreach (var row in validation?.Read() ?? [])
            AddValidation(row);
        if (validation is not null)
            validation.Rows = _validation.Rows;
        if (validation is not null && _validation.Rows == 0)
            throw context.Unable("Too few rows: the validation data has none.");
        CheckCount(context, 1, "");
        return ValidationDraw.None;
    }

    private ValidationDraw Split(IExceptionContext context, RowSource source, double fraction, int seed)
    {
        var draw = ValidationDraw.Share(fraction, seed);
        var (lowest, highest) = ((SequenceRow?)null, (SequenceRow?)null);
        foreach (var row in source.Read())
        {
            var lot = draw.Lot(row.Number);
            if (lowest is null || lot < draw.Lot(lowest.Number))
                lowest = row;
            if (highest is null || lot > draw.Lot(highest.Number))
                highest = row;
            if (draw.Keeps(row.Number))
                AddValidation(row);
            else
                AddTraining(row);
        }

        source.Rows = _training.Rows + _validation.Rows;
        CheckCount(context, 2, " (one to train on and one for validation; with ValidationFraction = 0 one will do)");
        // Few rows may all have fallen on one side, and one is needed on each.
        if (_validation.Rows == 0)
        {
            Move(lowest!, ref _training, ref _validation, _trainingRows, _validationRows);
            return draw.Including(lowest!.Number);
        }

        if (_training.Rows == 0)
        {
            Move(highest!, ref _validation, ref _training, _validationRows, _trainingRows);
            return draw.Excluding(highest!.Number);
        }

        return draw;
    }

    private void AddTraining(SequenceRow row)
    {
        _training += RowCounts.Of(row);
        _padding.Add(row);
        Add(row, _trainingRows);
    }

    private void AddValidation(SequenceRow row)
    {
        _validation += RowCounts.Of(row);
        Add(row, _validationRows);
    }

    private void Add(SequenceRow row, List<SequenceRow>? kept)
    {
        _longestHalf = Math.Max(_longestHalf, row.PaddedTokens);
        if (_training.Rows + _validation.Rows <= RowsHashed)
            Hash(row);
        if (kept is null)
            return;
        kept.Add(row);
        CountMask(row);
        if (_trainingRows is not null && _training.Bytes + _validation.Bytes + _maskBytes > _cacheBytes)
            DropTraining();
        if (_trainingRows is null && _validation.Bytes + _maskBytes > _cacheBytes)
            _validationRows = null;
    }

    // The validation rows are the fewer ones: where all rows do not fit they may, and then a pass over all rows is saved at
    // each epoch's end.
    private void DropTraining()
    {
        _trainingRows = null;
        _masks.Clear();
        _maskBytes = 0;
        _validationRows?.ForEach(CountMask);
    }

    // Rows of one mask share it.
    private void CountMask(SequenceRow row)
    {
        if (row.Mask is not null && _masks.Add(row.Mask))
            _maskBytes += (long)row.Mask.Values.Length * sizeof(float);
    }

    private static void Move(
        SequenceRow row, ref RowCounts from, ref RowCounts to, List<SequenceRow>? fromRows, List<SequenceRow>? toRows)
    {
        from -= RowCounts.Of(row);
        to += RowCounts.Of(row);
        fromRows?.Remove(row);
        toRows?.Add(row);
    }

    private void CheckCount(IExceptionContext context, int expected, string why)
    {
        if (_training.Rows + (expected > 1 ? _validation.Rows : 0) is var found && found < expected)
            throw context.Unable($"Too few rows: expected at least {expected}{why}, found {found}.");
    }

    private void CheckLabels(IExceptionContext context, string label, bool isSplit)
    {
        var kept = isSplit && _validation.Rows > 0 ? $", {_validation.Rows} more are kept for validation (ValidationFraction)" : "";
        foreach (var (kind, count) in new[] { ("positive", _training.Positive), ("negative", _training.Negative) })
        {
            if (count == 0)
            {
                throw context.Unable(
                    $"Column '{label}': no {kind} label among the {_training.Rows} training rows{kept}; a discriminator needs both kinds.");
            }
        }
    }

    private void Hash(SequenceRow row)
    {
        _hash.AppendData(MemoryMarshal.AsBytes(row.Values.AsSpan()));
        _hash.AppendData(MemoryMarshal.AsBytes(row.Labels.AsSpan()));
        _hash.AppendData(MemoryMarshal.AsBytes<float>(new[] { row.Weight, row.Tokens }));
    }
}
