using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads all rows for the first time: validates and counts them, chooses the validation rows, and caches what fits.</summary>
internal sealed class DatasetScan
{
    // The other three quarters are for the network's activations, the source of the rows and everything else.
    private const int CacheQuotient = 4;

    private readonly IExceptionContext _context;
    private readonly DistributedContext _distributed;
    private readonly NextTokenDiscriminatorTrainer.Options _options;
    private readonly DataShard _shard;
    private readonly long _cacheBytes;

    private DatasetScan(IExceptionContext context, DistributedContext distributed, NextTokenDiscriminatorTrainer.Options options)
    {
        (_context, _distributed, _options, _shard) = (context, distributed, options, distributed.CreateShard(options));
        _cacheBytes = options.MaxCacheBytes ?? DefaultCacheBytes / distributed.CountLocalProcesses();
    }

    /// <summary>
    /// Gets the bytes that rows may take if no option says it: a quarter of the memory that the runtime may use, of the machine or of the
    /// container.
    /// </summary>
    public static long DefaultCacheBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / CacheQuotient;

    /// <summary>Reads all rows and checks that there is something to learn.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="source">The training rows.</param>
    /// <param name="validation">The validation rows, from another view; null: drawn from the training rows.</param>
    /// <param name="columns">The columns of the rows.</param>
    /// <param name="options">The options, with null for everything unset.</param>
    /// <param name="splitSeed">The seed of the validation split.</param>
    /// <param name="distributed">The processes of the training. Each reads its shard.</param>
    /// <exception cref="InvalidOperationException">
    /// A row does not hold what its columns promise, there are too few rows or groups, all labels are of one kind, or a process has
    /// other rows than the main process.
    /// </exception>
    public static TrainingDataset Read(
        IExceptionContext context, RowSource source, RowSource? validation, BoundInputColumns columns,
        NextTokenDiscriminatorTrainer.Options options, int splitSeed, DistributedContext distributed)
    {
        var scan = new DatasetScan(context, distributed, options);
        var (split, pass) = distributed.RunOnAllRanks(() => validation is null && options.ValidationFraction > 0
            ? scan.ReadSplit(source, ValidationSplit.FromFraction(options.ValidationFraction, splitSeed), columns.SamplingKey?.Name)
            : scan.ReadWhole(source, validation));
        var processes = scan.Gather(pass);
        var training = processes.Aggregate(default(DatasetCounts), (sum, process) => sum + process.Training);
        var validationCounts = processes.Aggregate(default(DatasetCounts), (sum, process) => sum + process.Validation);
        scan.CheckLabels(columns.Label!.Value.Name, training, validationCounts, isSplit: validation is null);
        var standardization = options.StandardizeInputs
            ? InputStandardization.Create(context, columns.Feature.Name, InputMoments.Merge(processes.Select(process => process.Inputs)))
            : null;
        return new TrainingDataset(source, validation, split, scan._shard, pass.Cache.TrainingRows, pass.Cache.ValidationRows, standardization)
        {
            Training = training,
            Validation = validationCounts,
            Steps = scan.CountSteps(processes, training),
            MaxHalfTokens = processes.Max(process => process.MaxHalfTokens),
            LabelsTokens = columns.LabelsTokens,
            Loss = DiscriminatorLoss.Resolve(options.LossKind, columns.LabelsTokens),
            CandidatesPerToken = columns.CandidatesPerToken,
            Fingerprint = scan.CreateFingerprint(processes),
            TrainingFingerprint = pass.TrainingFingerprint,
            ValidationFingerprint = pass.ValidationFingerprint,
            Padding = pass.Padding,
            ShiftProblem = pass.Shift.FindProblem(CombinedSources.Read(columns.Feature).Previous ?? columns.Feature.Name),
        };
    }

    private (ValidationSplit Split, DatasetScanPass Pass) ReadWhole(RowSource source, RowSource? validation)
    {
        var pass = CreatePass();
        var rows = pass.Read(source, ValidationSplit.None, pass.TrainingDigest).Training;
        if (validation is not null && pass.Read(validation, ValidationSplit.All, pass.ValidationDigest).Validation == 0)
            throw _context.Unable("Too few rows: the validation data has none.");
        CheckCount(rows, 1, "");
        return (ValidationSplit.None, pass);
    }

    private (ValidationSplit Split, DatasetScanPass Pass) ReadSplit(RowSource source, ValidationSplit split, string? keyColumn)
    {
        var (lowest, highest) = ((long?)null, (long?)null);
        var pass = CreatePass();
        var counts = pass.Read(source, split, pass.TrainingDigest, key =>
        {
            var draw = split.GetKey(key);
            if (lowest is not { } low || draw < split.GetKey(low))
                lowest = key;
            if (highest is not { } high || draw > split.GetKey(high))
                highest = key;
        });
        const string both = " (one to train on and one for validation; with ValidationFraction = 0 one will do)";
        CheckCount(source.Rows, 2, both);
        if (keyColumn is not null && lowest == highest)
            throw _context.Unable($"Too few groups in column '{keyColumn}' (SamplingKeyColumnName): expected at least 2{both}, found 1.");
        if (counts is { Training: > 0, Validation: > 0 })
            return (split, pass);

        // Few rows or groups may all have fallen on one side, and each side needs one.
        split = counts.Validation == 0 ? split.Including(lowest!.Value) : split.Excluding(highest!.Value);
        var rows = source.Rows;
        pass = CreatePass();
        counts = pass.Read(source, split, pass.TrainingDigest);
        if (source.Rows != rows || counts is not { Training: > 0, Validation: > 0 })
            throw _context.Unable($"The rows changed between two readings: expected {rows} rows, as at first, found {source.Rows}, or others.");
        return (split, pass);
    }

    // A single process has nothing to compare its view with, and the views of sharded input differ.
    private DatasetScanPass CreatePass() =>
        new(_shard, _cacheBytes, _options.RowsPerStep, hashesViews: !_distributed.IsSingleProcess && !_shard.IsInputSharded);

    private ScannedRows[] Gather(DatasetScanPass pass)
    {
        var processes = _distributed.AllGather(new ScannedRows(
            pass.Training, pass.Validation, pass.MaxHalfTokens, pass.Hash, pass.Inputs.Moments,
            ScannedRows.ViewSummary.FromDigest(pass.TrainingDigest), ScannedRows.ViewSummary.FromDigest(pass.ValidationDigest)));
        ScannedRows.VerifySameViews(_context, processes);
        return processes;
    }

    private long CountSteps(ScannedRows[] processes, DatasetCounts training)
    {
        return _shard.IsInputSharded
            ? processes.Max(process => RoundUp(process.Training.Rows, _shard.RowsRead))
            : RoundUp(training.Rows, _options.RowsPerStep);

        static long RoundUp(long rows, long rowsPerStep) => (rows + rowsPerStep - 1) / rowsPerStep;
    }

    // With sharded input the rows of one rank cannot belong to another rank, so each rank's hash counts by itself.
    private string CreateFingerprint(ScannedRows[] processes) => _shard.IsInputSharded
        ? string.Join(' ', processes.Select(process => $"{process.Hash:X16}"))
        : $"{processes.Aggregate(0UL, (sum, process) => sum + process.Hash):X16}";

    private void CheckCount(long found, int expected, string why)
    {
        if (found < expected)
            throw _context.Unable($"Too few rows: expected at least {expected}{why}, found {found}.");
    }

    private void CheckLabels(string label, DatasetCounts training, DatasetCounts validation, bool isSplit)
    {
        var kept = isSplit && validation.Rows > 0 ? $", {validation.Rows} more are kept for validation (ValidationFraction)" : "";
        foreach (var (kind, count) in new[] { ("positive", training.Positive), ("negative", training.Negative) })
        {
            if (count == 0)
            {
                throw _context.Unable(
                    $"Column '{label}': no {kind} label among the {training.Rows} training rows{kept}; a discriminator needs both kinds. "
                    + ColumnRequirements.OneKindAdvice(label));
            }
        }

        if (_options.MonitorMetric != MonitorMetric.AreaUnderRocCurve || validation.Rows == 0 || validation is { Positive: > 0, Negative: > 0 })
            return;
        throw _context.Unable(
            $"Column '{label}': no {(validation.Positive == 0 ? "positive" : "negative")} label among the {validation.Rows} validation rows; "
            + "MonitorMetric = AreaUnderRocCurve needs both kinds. Give more rows to validation (ValidationFraction), or use MonitorMetric = CalibratedLoss.");
    }
}
