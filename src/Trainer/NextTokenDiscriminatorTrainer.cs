using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace MlNetNtd;

/// <summary>
/// Trains a transformer encoder to tell true candidate tokens from false ones, on the combined sequences and masks that
/// the stage of MlNetNtd writes. See <see cref="NextTokenDiscriminatorScorer"/> for what comes of it.
/// </summary>
/// <remarks>
/// <para>
/// With one label per row, the loss is the binary cross-entropy of the sequence's score, the mean logit of its real tokens;
/// with one label per token, that of each real token's logit (<see cref="Options.LossKind"/> has it for a label per row too). Steps are AdamW's, the learning rate rises linearly, then
/// falls by half a cosine, gradients are clipped, rows are shuffled anew each epoch. The weights of the best epoch are
/// kept: that of the lowest loss (or the highest AUC, <see cref="Options.MonitorMetric"/>) on the validation rows, or without such rows
/// on the training rows.
/// </para>
/// <para>
/// All rows are read, checked and counted before the first step. They are kept in memory while they fit
/// (<see cref="Options.MaxCacheBytes"/>), 8 * T * C bytes each, rows of one mask sharing it; else each epoch reads them again,
/// ahead of the steps. Each epoch is reported on <c>MLContext.Log</c>. It trains on CUDA when <c>MLContext.GpuDeviceId</c> is set, else on the CPU, and needs
/// native libtorch. With <see cref="Options.CheckpointPath"/> a training that was cancelled or killed is taken up again where it
/// was: on a CPU with the same number of threads, its weights are then those of a training that never stopped.
/// </para>
/// </remarks>
public sealed partial class NextTokenDiscriminatorTrainer
    : ITrainerEstimator<NextTokenDiscriminatorScorer, NextTokenDiscriminatorModelParameters>
{
    private readonly IHostEnvironment _env;
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;
    private readonly Action<EpochResult>? _onEpoch;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Makes the trainer and checks every option.</summary>
    /// <param name="env">The context: an <see cref="MLContext"/>.</param>
    /// <param name="options">Copied: later changes have no effect.</param>
    /// <param name="onEpoch">Told of each epoch when it is over, on the thread that trains; null: nobody.</param>
    /// <param name="progress">Told within epochs, every <see cref="Options.ProgressSeconds"/>; null: nobody.</param>
    /// <param name="cancellationToken">Stops <c>Fit</c> within one batch, by an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two contradict each other.</exception>
    public NextTokenDiscriminatorTrainer(
        IHostEnvironment env, Options options, Action<EpochResult>? onEpoch = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        _env = env;
        _options = options.Copy();
        if (TrainerOptionsValidator.Validate(_options) is { } problem)
            throw env.Option(problem);
        _host = env.Register(nameof(NextTokenDiscriminatorTrainer));
        _seed = _options.Seed ?? _host.Rand.Next();
        (_onEpoch, _progress, _cancellationToken) = (onEpoch, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public TrainerInfo Info => TrainerInfoFactory.Info;

    /// <summary>Trains. What is kept for validation is drawn from the rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    /// <exception cref="ArgumentException">The sizes would make more weights than fit one array.</exception>
    /// <exception cref="InvalidRowException">A row does not hold what its columns promise.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are too few rows, or labels of one kind only; rows that are read again are not what they were.
    /// </exception>
    /// <exception cref="DiscriminatorTrainingException">The loss stopped being a number; it carries the best weights so far.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled, by the token or by the context.</exception>
    public NextTokenDiscriminatorScorer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Train(input, null);
    }

    /// <summary>Trains on all rows, and finds the best epoch by others.</summary>
    /// <param name="trainData">The rows to train on.</param>
    /// <param name="validationData">The rows to find the best epoch by, of the same columns.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public NextTokenDiscriminatorScorer Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        return Train(trainData, validationData);
    }

    /// <summary>
    /// Fits a whole pipeline with validation rows: what stands in front of the trainer learns from the training rows alone,
    /// then transforms both.
    /// </summary>
    /// <param name="front">The pipeline without the trainer: the stage, and whatever stands before it.</param>
    /// <param name="trainData">The rows to train on, as they come to the pipeline.</param>
    /// <param name="validationData">The rows to find the best epoch by, as they come to the pipeline.</param>
    /// <returns>The pipeline fitted, the scorer last.</returns>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public TransformerChain<NextTokenDiscriminatorScorer> Fit(IEstimator<ITransformer> front, IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(front);
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        var fitted = front.Fit(trainData);
        return fitted.Append(Train(fitted.Transform(trainData), fitted.Transform(validationData)));
    }

    /// <summary>A scorer of this trainer's columns around a network that was trained elsewhere, as in a GAN's own loop.</summary>
    /// <param name="network">The network; its weights are copied.</param>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public NextTokenDiscriminatorScorer CreateScorer(DiscriminatorNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new NextTokenDiscriminatorScorer(_env, CreateSettings(FiniteWeights.Copy(_env, network), _options.MaskKind), []);
    }

    internal static InputColumnNames Columns(Options options) => new()
    {
        Feature = options.FeatureColumnName,
        Mask = options.MaskColumnName,
        TokenCount = options.TokenCountColumnName,
        MaskKind = options.MaskKind,
    };

    internal static DiscriminatorConfig CreateConfig(Options options, int dimension, int maxTokens) => new()
    {
        EmbeddingDimension = dimension,
        MaxTokens = maxTokens,
        ModelDimension = options.ModelDimension,
        Heads = options.Heads,
        Layers = options.Layers,
        FeedForwardDimension = options.FeedForwardDimension,
        Dropout = options.Dropout,
        AttentionDropout = options.AttentionDropout,
        Precision = options.Precision,
        LearnInitialEmbedding = options.LearnInitialEmbedding,
    };

    private NextTokenDiscriminatorScorer Train(IDataView input, IDataView? validationData)
    {
        var team = DistributedContext.Create(_host, _options);
        team.VerifySameVersion();
        var seed = team.BroadcastFromMain(() => _seed);
        // Before the rows are read, which may take long.
        using var place = team.RunOnAllRanks(() => team.IsMainProcess ? CheckpointManager.TryLock(_host, _options) : null);
        var (columns, validationColumns, maxTokens, device) = team.RunOnAllRanks(() => Prepare(input, validationData));

        var seeds = TrainingSeeds.FromSeed(seed);
        var isReadAtFirst = true;
        var data = DatasetScan.Read(
            _host, Source(input, columns), validationData is null ? null : Source(validationData, validationColumns!), columns, _options, seeds.Split, team);
        isReadAtFirst = false;
        var shape = ResolveConfig(columns, maxTokens ?? data.MaxHalfTokens);
        if (team.IsMainProcess)
        {
            Log(columns, validationColumns, data, shape);
            StartNotice.OfProcess.Report(_options, isHeard: _onEpoch is not null || _progress is not null, data, device);
        }

        var weights = team.RunOnAllRanks(() => _options.InitialWeightsPath is { } path ? StateDictionary.Load(path, shape) : StateDictionary.Initialize(shape, seeds.Weights));
        var identity = TrainerFingerprint.Create(_options, seed, shape, columns, data);
        team.VerifySameTraining(identity);
        using var run = new TrainingLoop(_host, _options, team, data, weights, device, seeds.Dropout, seeds.Order);
        run.RestoreCheckpoint(identity, place);
        var (best, history) = run.Train(_onEpoch, _progress, ThrowIfCancelled, Scorer);
        return Scorer(best, history);

        RowSource Source(IDataView view, BoundInputColumns its) => new(_host, view, its, maxTokens ?? NextTokenMask.MaxTokens, WhileReading);

        // Once training goes on, processes stop together, after a step.
        void WhileReading()
        {
            if (team.IsSingleProcess || isReadAtFirst)
                ThrowIfCancelled();
        }

        // Other views of these columns may say nothing of their masks: what these said is then the best word there is.
        NextTokenDiscriminatorScorer Scorer(StateDictionary weights, IEnumerable<EpochResult> history) =>
            new(_env, CreateSettings(weights, columns.Mask.KindIsAnnotated && columns.Mask.IsBoolean ? columns.Mask.Kind : _options.MaskKind), [.. history]);
    }

    private (BoundInputColumns Training, BoundInputColumns? Validation, int? MaxTokens, NetworkDevice Device) Prepare(IDataView input, IDataView? validationData)
    {
        var columns = Bind(input);
        var validationColumns = validationData is null ? null : Bind(validationData);
        CheckAlike(columns, validationColumns);
        if (validationData is null && _options.ValidationFraction > 0)
            columns = columns.WithSamplingKey(_env, input.Schema, _options.SamplingKeyColumnName);
        // Both views' rows have to fit. Where one does not say how long its rows are, the longest one that is read tells.
        var maxTokens = _options.MaxTokens ?? (validationColumns is null ? columns.MaxTokens : Longer(columns.MaxTokens, validationColumns.MaxTokens));
        if (maxTokens is { } known)
            ResolveConfig(columns, known);
        return (columns, validationColumns, maxTokens, NetworkDevice.Choose(_env));
    }

    private static int? Longer(int? one, int? other) => one is { } first && other is { } second ? Math.Max(first, second) : null;

    private ScorerSettings CreateSettings(StateDictionary weights, MaskKind maskKind) => new()
    {
        Columns = Columns(_options) with { MaskKind = maskKind },
        BatchSize = _options.BatchSize,
        BadRowPolicy = _options.BadRowPolicy,
        PadTokenScores = _options.PadTokenScores,
        TokenProbabilities = _options.TokenProbabilities,
        Weights = weights,
    };

    private void Log(BoundInputColumns columns, BoundInputColumns? validationColumns, TrainingDataset data, DiscriminatorConfig shape)
    {
        Log(columns, data.Training, "training");
        if (validationColumns is not null)
            Log(validationColumns, data.Validation, "validation");
        if (data.ShiftProblem is { } shift)
        {
            using var reading = _host.Start("Reading");
            reading.Warning(MessageSensitivity.Schema, shift);
        }

        LogLengths(data, shape);
        if (_options.ModelDimension is not { } asked || asked == shape.ModelDimension)
            return;
        using var channel = _host.Start("Sizes");
        channel.Warning(
            MessageSensitivity.None,
            $"ModelDimension: {asked} is no multiple of {shape.Heads} heads (Heads); the network is {shape.ModelDimension} wide.");
    }

    private void Log(BoundInputColumns columns, DatasetCounts rows, string of)
    {
        using var channel = _host.Start("Reading");
        channel.Info(
            MessageSensitivity.None,
            $"Mask of the {of} rows: {columns.Mask.Description}"
            + (columns.Mask.Column is null ? "." : $"; {rows.RowsUnderRule} of {rows.Rows} follow the next-token rule."));
    }

    private BoundInputColumns Bind(IDataView input)
    {
        var columns = BoundInputColumns.Bind(_env, Columns(_options), _options.LabelColumnName, _options.EmbeddingDimension, input.Schema)
            .WithWeight(_env, input.Schema, _options.ExampleWeightColumnName);
        columns.CheckTokens(_env, _options.MaxTokens);
        columns.CheckLabels(_env, _options.LossKind);
        return columns;
    }

    // Both views are read by the same network, and counted by the same measure.
    private void CheckAlike(BoundInputColumns training, BoundInputColumns? validation)
    {
        if (validation is null)
            return;
        if (validation.Dimension != training.Dimension)
        {
            throw _env.SchemaMismatch(
                BoundInputColumns.FeatureRole, validation.Feature.Name, $"embeddings of dimension {training.Dimension}, as in the training data",
                validation.Feature.Type);
        }

        if (validation.LabelsTokens != training.LabelsTokens)
        {
            throw _env.SchemaMismatch(
                BoundInputColumns.LabelRole, validation.Label!.Value.Name, $"{training.Label!.Value.Type}, as in the training data",
                validation.Label!.Value.Type);
        }
    }

    private DiscriminatorConfig ResolveConfig(BoundInputColumns columns, int maxTokens)
    {
        var shape = CreateConfig(_options, columns.Dimension, maxTokens);
        return shape.FindProblem() is { } problem ? throw _env.Option(problem) : shape.Resolve();
    }

    private void ThrowIfCancelled()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_host.IsCanceled())
            throw _host.Process(new OperationCanceledException("Training was cancelled by the context."));
    }
}
