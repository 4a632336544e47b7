using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The first reading of all rows: checks and counts them, draws the validation rows, and keeps what fits.</summary>
internal sealed class DatasetScan
{
    private readonly HashSet<AttentionMask> _masks = [];
    private readonly IExceptionContext _context;
    private readonly DistributedContext _distributed;
    private readonly DataShard _shard;
    private readonly long _cacheBytes;
    private readonly long _rowsPerStep;
    private readonly MonitorMetric _monitor;

    private PaddingStatistics _padding = new(1);
    private ShiftCheck _shift = new();
    private List<SequenceRow>? _trainingRows;
    private List<SequenceRow>? _validationRows;
    private DatasetCounts _training;
    private DatasetCounts _validation;
    private long _trainingBytes;
    private long _validationBytes;
    private long _maskBytes;
    private RowFingerprint _trainingFingerprint = new();
    private RowFingerprint _validationFingerprint = new();
    private ViewDigest? _digest;
    private ViewDigest? _validationDigest;
    private ulong _hash;
    private int _maxHalfTokens;
    private long _steps;
    private string _fingerprint = "";

    private DatasetScan(IExceptionContext context, DistributedContext team, NextTokenDiscriminatorTrainer.Options options)
    {
        (_context, _distributed, _shard) = (context, team, team.CreateShard(options));
        _cacheBytes = options.MaxCacheBytes ?? DefaultCacheBytes.Value / team.CountLocalProcesses;
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
    /// <param name="distributed">Who reads them together, each its share.</param>
    /// <exception cref="InvalidOperationException">
    /// A row does not hold what its columns promise; there are too few rows or groups, or labels of one kind only; a process has
    /// other rows than the first one.
    /// </exception>
    public static TrainingDataset Read(
        IExceptionContext context, RowSource source, RowSource? validation, BoundInputColumns columns,
        NextTokenDiscriminatorTrainer.Options options, int splitSeed, DistributedContext distributed)
    {
        var survey = new DatasetScan(context, distributed, options);
        var draw = distributed.RunOnAllRanks(() => validation is null && options.ValidationFraction > 0
            ? survey.Split(source, ValidationSplit.FromFraction(options.ValidationFraction, splitSeed), columns.SamplingKey?.Name)
            : survey.ReadWhole(source, validation));
        survey.AddOtherProcesses();
        survey.CheckLabels(columns.Label!.Value.Name, validation is null);
        return new TrainingDataset(source, validation, draw, survey._shard, survey._trainingRows, survey._validationRows)
        {
            Training = survey._training,
            Validation = survey._validation,
            Steps = survey._steps,
            MaxHalfTokens = survey._maxHalfTokens,
            LabelsTokens = columns.LabelsTokens,
            LossByToken = DiscriminatorLoss.IsByToken(options.LossKind, columns.LabelsTokens),
            Fingerprint = survey._fingerprint,
            TrainingFingerprint = survey._trainingFingerprint,
            ValidationFingerprint = survey._validationFingerprint,
            Padding = survey._padding,
            ShiftProblem = survey._shift.FindProblem(CombinedSources.Read(columns.Feature).Previous ?? columns.Feature.Name),
        };
    }

    private ValidationSplit ReadWhole(RowSource source, RowSource? validation)
    {
        Reset();
        var rows = Read(source, ValidationSplit.None, _digest).TrainingRows;
        if (validation is not null && Read(validation, ValidationSplit.All, _validationDigest).ValidationRows == 0)
            throw _context.Unable("Too few rows: the validation data has none.");
        CheckCount(rows, 1, "");
        return ValidationSplit.None;
    }

    private ValidationSplit Split(RowSource source, ValidationSplit draw, string? keyColumn)
    {
        Reset();
        var (lowest, highest) = ((long?)null, (long?)null);
        var dealer = Read(source, draw, _digest, key =>
        {
            var lot = draw.GetKey(key);
            if (lowest is not { } low || lot < draw.GetKey(low))
                lowest = key;
            if (highest is not { } high || lot > draw.GetKey(high))
                highest = key;
        });
        const string both = " (one to train on and one for validation; with ValidationFraction = 0 one will do)";
        CheckCount(source.Rows, 2, both);
        if (keyColumn is not null && lowest == highest)
            throw _context.Unable($"Too few groups in column '{keyColumn}' (SamplingKeyColumnName): expected at least 2{both}, found 1.");
        if (dealer is { TrainingRows: > 0, ValidationRows: > 0 })
            return draw;

        // Few rows or groups may all have fallen on one side, and one is needed on each.
        draw = dealer.ValidationRows == 0 ? draw.Including(lowest!.Value) : draw.Excluding(highest!.Value);
        var rows = source.Rows;
        Reset();
        var again = Read(source, draw, _digest);
        if (source.Rows != rows || again is not { TrainingRows: > 0, ValidationRows: > 0 })
            throw _context.Unable($"The rows changed between two readings: expected {rows} rows, as at first, found {source.Rows}, or others.");
        return draw;
    }

    private void Reset()
    {
        _masks.Clear();
        _padding = new PaddingStatistics(_rowsPerStep);
        _shift = new ShiftCheck();
        (_trainingRows, _validationRows) = ([], []);
        (_training, _validation) = (default, default);
        (_trainingBytes, _validationBytes, _maskBytes, _hash) = (0, 0, 0, 0);
        (_trainingFingerprint, _validationFingerprint) = (new RowFingerprint(), new RowFingerprint());
        // One process has nobody to compare with; and rows of one's own are no other's.
        if (!_distributed.IsSingleProcess && !_shard.IsInputSharded)
            (_digest, _validationDigest) = (new ViewDigest(), new ViewDigest());
    }

    private RowAssigner Read(RowSource source, ValidationSplit draw, ViewDigest? digest, Action<long>? onRow = null)
    {
        var dealer = new RowAssigner(draw, _shard);
        var dealt = default(RowAssigner.RowAssignment);
        foreach (var row in source.Read(Wants, digest))
            Add(row, dealt);
        source.Rows = dealer.TrainingRows + dealer.ValidationRows;
        return dealer;

        bool Wants(long key)
        {
            onRow?.Invoke(key);
            dealt = dealer.Assign(key);
            return dealt.Needs;
        }
    }

    private void Add(SequenceRow row, RowAssigner.RowAssignment dealt)
    {
        var hash = RowHash.Hash(row);
        (dealt.IsValidation ? _validationFingerprint : _trainingFingerprint).Add(hash);
        _shift.Add(row);
        _maxHalfTokens = Math.Max(_maxHalfTokens, row.PaddedTokens);
        if (dealt.Counts)
        {
            (dealt.IsValidation ? ref _validation : ref _training) += DatasetCounts.Count(row);
            // A sum, so that it is the same however rows are divided among processes.
            _hash += RowHash.Combine(hash, dealt.IsValidation ? 1UL : 0);
        }

        if (!dealt.IsValidation)
            _padding.Add(row);
        Keep(row, dealt.IsValidation);
    }

    private void Keep(SequenceRow row, bool validates)
    {
        if ((validates ? _validationRows : _trainingRows) is not { } kept)
            return;
        kept.Add(row);
        (validates ? ref _validationBytes : ref _trainingBytes) += DatasetCounts.Count(row).Bytes;
        CountMask(row);
        if (_trainingRows is not null && _trainingBytes + _validationBytes + _maskBytes > _cacheBytes)
            DropTraining();
        if (_trainingRows is null && _validationBytes + _maskBytes > _cacheBytes)
            _validationRows = null;
    }

    // What the others have counted, each of its own rows.
    private void AddOtherProcesses()
    {
        var all = _distributed.AllGather(new ScannedRows(
            _training, _validation, _maxHalfTokens, _hash, ScannedRows.ViewSummary.FromDigest(_digest), ScannedRows.ViewSummary.FromDigest(_validationDigest)));
        ScannedRows.VerifySameViews(_context, all);
        (_training, _validation, _hash) = (default, default, 0);
        foreach (var one in all)
        {
            _training += one.Training;
            _validation += one.Validation;
            _maxHalfTokens = Math.Max(_maxHalfTokens, one.LongestHalf);
            _hash += one.Hash;
        }

        // Rows of one's own are those of this rank and no other.
        _fingerprint = _shard.IsInputSharded ? string.Join(' ', all.Select(one => $"{one.Hash:X16}")) : $"{_hash:X16}";
        _steps = _shard.IsInputSharded ? all.Max(one => Steps(one.Training.Rows, _shard.RowsRead)) : Steps(_training.Rows, _rowsPerStep);

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
                    + ColumnRequirements.OneKindAdvice(label));
            }
        }

        if (_monitor != MonitorMetric.AreaUnderRocCurve || _validation.Rows == 0 || _validation is { Positive: > 0, Negative: > 0 })
            return;
        throw _context.Unable(
            $"Column '{label}': no {(_validation.Positive == 0 ? "positive" : "negative")} label among the {_validation.Rows} validation rows; "
            + "MonitorMetric = AreaUnderRocCurve needs both kinds. Give more rows to validation (ValidationFraction), or use MonitorMetric = Loss.");
    }
}
