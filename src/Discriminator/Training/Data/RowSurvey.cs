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
    private readonly IExceptionContext _context;
    private readonly Team _team;
    private readonly RowShare _share;
    private readonly long _cacheBytes;
    private readonly long _rowsPerStep;
    private readonly MonitorMetric _monitor;

    private PaddingCount _padding = new(1);
    private ShiftCheck _shift = new();
    private List<SequenceRow>? _trainingRows;
    private List<SequenceRow>? _validationRows;
    private RowCounts _training;
    private RowCounts _validation;
    private long _trainingBytes;
    private long _validationBytes;
    private long _maskBytes;
    private long _hashed;
    private int _longestHalf;
    private long _steps;
    private string _firstRows = "";

    private RowSurvey(IExceptionContext context, Team team, NextTokenDiscriminatorTrainer.Options options)
    {
        (_context, _team, _share) = (context, team, team.Share(options));
        _cacheBytes = options.CacheBytes ?? MemoryShare.Default / team.OnThisMachine;
        _rowsPerStep = options.RowsPerStep;
        _monitor = options.MonitorMetric;
    }

    /// <summary>Reads all rows, and checks that there is something to learn.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="source">The rows.</param>
    /// <param name="validation">Those of another view, to find the best epoch by; null: drawn from the rows.</param>
    /// <param name="columns">Of the rows.</param>
    /// <param name="options">How they are drawn, kept and put together.</param>
    /// <param name="splitSeed">Decides which are drawn.</param>
    /// <param name="team">Who reads them together, each its share.</param>
    /// <exception cref="InvalidOperationException">
    /// A row does not hold what its columns promise; there are too few rows, or labels of one kind only.
    /// </exception>
    public static TrainingData Read(
        IExceptionContext context, RowSource source, RowSource? validation, InputColumns columns,
        NextTokenDiscriminatorTrainer.Options options, int splitSeed, Team team)
    {
        using var survey = new RowSurvey(context, team, options);
        var draw = team.Agree(() => validation is null && options.ValidationFraction > 0
            ? survey.Split(source, ValidationDraw.Share(options.ValidationFraction, splitSeed))
            : survey.ReadWhole(source, validation));
        survey.AddTheOthers();
        survey.CheckLabels(columns.Label!.Value.Name, validation is null);
        return new TrainingData(source, validation, draw, survey._share, survey._trainingRows, survey._validationRows)
        {
            Training = survey._training,
            Validation = survey._validation,
            Steps = survey._steps,
            LongestHalf = survey._longestHalf,
            LabelsTokens = columns.LabelsTokens,
            LossByToken = DiscriminatorLoss.IsByToken(options.LossKind, columns.LabelsTokens),
            FirstRows = survey._firstRows,
            Padding = survey._padding.Share,
            ShiftProblem = survey._shift.FindProblem(CombinedSources.Of(columns.Feature).Previous ?? columns.Feature.Name),
        };
    }

    public void Dispose() => _hash.Dispose();

    private ValidationDraw ReadWhole(RowSource source, RowSource? validation)
    {
        Begin();
        var rows = Read(source, ValidationDraw.None).Training;
        if (validation is not null && Read(validation, ValidationDraw.All).Validation == 0)
            throw _context.Unable("Too few rows: the validation data has none.");
        CheckCount(rows, 1, "");
        return ValidationDraw.None;
    }

    private ValidationDraw Split(RowSource source, ValidationDraw draw)
    {
        Begin();
        var (lowest, highest) = ((long?)null, (long?)null);
        var dealer = Read(source, draw, number =>
        {
            var lot = draw.Lot(number);
            if (lowest is not { } low || lot < draw.Lot(low))
                lowest = number;
            if (highest is not { } high || lot > draw.Lot(high))
                highest = number;
        });
        CheckCount(source.Rows, 2, " (one to train on and one for validation; with ValidationFraction = 0 one will do)");
        if (dealer is { Training: > 0, Validation: > 0 })
            return draw;

        // Few rows may all have fallen on one side, and one is needed on each.
        draw = dealer.Validation == 0 ? draw.Including(lowest!.Value) : draw.Excluding(highest!.Value);
        Begin();
        Read(source, draw);
        return draw;
    }

    private void Begin()
    {
        _ = _hash.GetHashAndReset();
        _masks.Clear();
        _padding = new PaddingCount(_rowsPerStep);
        _shift = new ShiftCheck();
        (_trainingRows, _validationRows) = ([], []);
        (_training, _validation) = (default, default);
        (_trainingBytes, _validationBytes, _maskBytes, _hashed) = (0, 0, 0, 0);
    }

    private RowDealer Read(RowSource source, ValidationDraw draw, Action<long>? onRow = null)
    {
        var dealer = new RowDealer(draw, _share);
        var dealt = default(RowDealer.Dealt);
        foreach (var row in source.Read(Wants))
            Add(row, dealt);
        source.Rows = dealer.Training + dealer.Validation;
        return dealer;

        bool Wants(long number)
        {
            onRow?.Invoke(number);
            dealt = dealer.Next(number);
            return dealt.Reads || _hashed < RowsHashed;
        }
    }

    private void Add(SequenceRow row, RowDealer.Dealt dealt)
    {
        if (_hashed++ < RowsHashed)
            Hash(row);
        _shift.Add(row);
        _longestHalf = Math.Max(_longestHalf, row.PaddedTokens);
        if (dealt.Owns)
            (dealt.Validates ? ref _validation : ref _training) += RowCounts.Of(row);
        if (!dealt.Reads)
            return;
        if (!dealt.Validates)
            _padding.Add(row);
        Keep(row, dealt.Validates);
    }

    private void Keep(SequenceRow row, bool validates)
    {
        if ((validates ? _validationRows : _trainingRows) is not { } kept)
            return;
        kept.Add(row);
        (validates ? ref _validationBytes : ref _trainingBytes) += RowCounts.Of(row).Bytes;
        CountMask(row);
        if (_trainingRows is not null && _trainingBytes + _validationBytes + _maskBytes > _cacheBytes)
            DropTraining();
        if (_trainingRows is null && _validationBytes + _maskBytes > _cacheBytes)
            _validationRows = null;
    }

    // What the others have counted, each of its own rows.
    private void AddTheOthers()
    {
        var firstRows = Convert.ToHexString(_hash.GetHashAndReset())[..16];
        var all = _team.Gather((_training, _validation, _longestHalf, firstRows).ToTuple());
        (_training, _validation) = (default, default);
        foreach (var (training, validation, longest, _) in all)
        {
            _training += training;
            _validation += validation;
            _longestHalf = Math.Max(_longestHalf, longest);
        }

        // Of one view all processes have read the first rows.
        _firstRows = _share.OwnView ? string.Join(' ', all.Select(one => one.Item4)) : firstRows;
        _steps = _share.OwnView ? all.Max(one => Steps(one.Item1.Rows, _share.RowsRead)) : Steps(_training.Rows, _rowsPerStep);

        static long Steps(long rows, long rowsPerStep) => (rows + rowsPerStep - 1) / rowsPerStep;
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

    private void CheckCount(long found, int expected, string why)
    {
        if (found < expected)
            throw _context.Unable($"Too few rows: expected at least {expected}{why}, found {found}.");
    }

    private void CheckLabels(string label, bool isSplit)
    {
        var kept = isSplit && _validation.Rows > 0 ? $", {_validation.Rows} more are kept for validation (ValidationFraction)" : "";
        foreach (var (kind, count) in new[] { ("positive", _training.Positive), ("negative", _training.Negative) })
        {
            if (count == 0)
            {
                throw _context.Unable(
                    $"Column '{label}': no {kind} label among the {_training.Rows} training rows{kept}; a discriminator needs both kinds. "
                    + ColumnTypes.OneKindAdvice(label));
            }
        }

        if (_monitor != MonitorMetric.AreaUnderRocCurve || _validation.Rows == 0 || _validation is { Positive: > 0, Negative: > 0 })
            return;
        throw _context.Unable(
            $"Column '{label}': no {(_validation.Positive == 0 ? "positive" : "negative")} label among the {_validation.Rows} validation rows; "
            + "MonitorMetric = AreaUnderRocCurve needs both kinds. Give more rows to validation (ValidationFraction), or use MonitorMetric = Loss.");
    }

    private void Hash(SequenceRow row)
    {
        _hash.AppendData(MemoryMarshal.AsBytes(row.Values.AsSpan()));
        _hash.AppendData(MemoryMarshal.AsBytes(row.Labels.AsSpan()));
        _hash.AppendData(MemoryMarshal.AsBytes<float>(new[] { row.Weight, row.Tokens }));
    }
}
