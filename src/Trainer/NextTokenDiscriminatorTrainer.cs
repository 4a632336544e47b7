using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace MlNetNtd;

/// <summary>
/// Trains a transformer encoder to distinguish real candidate tokens from generated ones, on the combined sequences and masks that
/// the transform of MlNetNtd writes. The result is a <see cref="NextTokenDiscriminatorScorer"/>.
/// </summary>
/// <remarks>
/// <para>
/// With one label per row, the loss is the binary cross-entropy of the sequence's score, the mean logit of its real tokens;
/// with one label per token, it is that of each real token's logit (<see cref="Options.LossKind"/> selects it for a label per row
/// too). The optimizer is AdamW. The learning rate rises linearly, then falls along half a cosine. Gradients are clipped, and rows are
/// shuffled in each epoch. The weights of the best epoch are kept: the epoch with the lowest loss at the temperature that fits
/// best (<see cref="Options.MonitorMetric"/>) on the validation rows or, without validation rows, with the lowest loss on the training rows.
/// </para>
/// <para>
/// The scale and origin of embeddings do not matter: inputs are standardized by the mean and spread of the training rows, and the
/// standardization is part of the weights of the scorer (<see cref="Options.StandardizeInputs"/>).
/// </para>
/// <para>
/// All rows are read, validated and counted before the first step. They stay in memory while they fit
/// (<see cref="Options.MaxCacheBytes"/>), at 8 * T * C bytes each; rows with the same mask share it. Otherwise each epoch reads them
/// again and prefetches batches. Each epoch is reported on <c>MLContext.Log</c>. Training runs on CUDA if
/// <c>MLContext.GpuDeviceId</c> is set, otherwise on the CPU; <see cref="Options.Engine"/> says where it needs native libtorch. With
/// <see cref="Options.CheckpointPath"/>, a training that was canceled or killed resumes from its last checkpoint; on a CPU its weights
/// are those of a training that never stopped (with the Torch engine: on the same number of threads).
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

    /// <summary>Initializes the trainer and validates every option.</summary>
    /// <param name="env">The context: an <see cref="MLContext"/>.</param>
    /// <param name="options">The options. They are copied: later changes have no effect.</param>
    /// <param name="onEpoch">Called after each epoch, on the thread that trains; may be null.</param>
    /// <param name="progress">Receives progress within epochs, every <see cref="Options.ProgressSeconds"/> seconds; may be null.</param>
    /// <param name="cancellationToken">Stops <c>Fit</c> within one batch, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range, or two options contradict each other.</exception>
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

    /// <summary>Trains a scorer. Validation rows are drawn from the input (<see cref="Options.ValidationFraction"/>).</summary>
    /// <param name="input">The rows to train on.</param>
    /// <returns>The scorer with the weights of the best epoch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    /// <exception cref="ArgumentException">The sizes would make more weights than fit one array.</exception>
    /// <exception cref="InvalidRowException">A row does not hold what its columns promise.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are too few rows, all labels are of one kind, or rows changed between two readings.
    /// </exception>
    /// <exception cref="DiscriminatorTrainingException">The loss is no longer a finite number; the exception carries the best weights so far.</exception>
    /// <exception cref="OperationCanceledException">Training was canceled, by the token or by the context.</exception>
    public NextTokenDiscriminatorScorer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Train(input, null);
    }

    /// <summary>Trains a scorer on all rows of one view and selects the best epoch on another.</summary>
    /// <param name="trainData">The rows to train on.</param>
    /// <param name="validationData">The validation rows, with the same columns.</param>
    /// <returns>The scorer with the weights of the best epoch.</returns>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public NextTokenDiscriminatorScorer Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        return Train(trainData, validationData);
    }

    /// <summary>
    /// Fits a whole pipeline with validation rows. The estimators before the trainer are fitted on the training rows only and then
    /// transform both views.
    /// </summary>
    /// <param name="front">The pipeline without the trainer: the transform, and what comes before it.</param>
    /// <param name="trainData">The rows to train on, as input of the pipeline.</param>
    /// <param name="validationData">The validation rows, as input of the pipeline.</param>
    /// <returns>The fitted pipeline, with the scorer as its last transformer.</returns>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public TransformerChain<NextTokenDiscriminatorScorer> Fit(IEstimator<ITransformer> front, IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(front);
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        var fitted = front.Fit(trainData);
        return fitted.Append(Train(fitted.Transform(trainData), fitted.Transform(validationData)));
    }

    /// <summary>Creates a scorer with the columns of this trainer from a network that was trained elsewhere, for example in a GAN's loop.</summary>
    /// <param name="network">The network. Its weights are copied.</param>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public NextTokenDiscriminatorScorer CreateScorer(DiscriminatorNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new NextTokenDiscriminatorScorer(_env, CreateSettings(FiniteWeights.Copy(_env, network), _options.MaskKind, _options.CandidatesPerToken ?? 1), []);
    }

    internal static InputColumnNames Columns(Options options) => new()
    {
        Feature = options.FeatureColumnName,
        Mask = options.MaskColumnName,
        TokenCount = options.TokenCountColumnName,
        MaskKind = options.MaskKind,
        CandidatesPerToken = options.CandidatesPerToken ?? 1,
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
        var distributed = DistributedContext.Create(_host, _options);
        distributed.VerifySameVersion();
        var seed = distributed.BroadcastFromMain(() => _seed);
        // The file is locked before the rows are read, because reading may take long.
        using var fileLock = distributed.RunOnAllRanks(() => distributed.IsMainProcess ? CheckpointManager.TryLock(_host, _options) : null);
        var (columns, validationColumns, maxTokens, chosen) = distributed.RunOnAllRanks(() => Prepare(input, validationData));

        var seeds = TrainingSeeds.FromSeed(seed);
        var source = CreateSource(input, columns);
        var validationSource = validationData is null ? null : CreateSource(validationData, validationColumns!);
        var data = DatasetScan.Read(_host, source, validationSource, columns, _options, seeds.Split, distributed);
        var config = ResolveConfig(columns, maxTokens ?? data.MaxHalfTokens);
        var engine = distributed.RunOnAllRanks(() => chosen.ForRows(_env, _options, data, (columns.Mask.Column ?? columns.Feature).Name));
        if (distributed.IsMainProcess)
        {
            Log(columns, validationColumns, data, config);
            StartNotice.OfProcess.Report(_options, hasListener: _onEpoch is not null || _progress is not null, data, engine);
        }

        var weights = distributed.RunOnAllRanks(() => _options.InitialWeightsPath is { } path
            ? data.ToTrainingScale(StateDictionary.Load(path, config))
            : StateDictionary.Initialize(config, seeds.Weights, _options.StandardizeInputs));
        var fingerprint = TrainerFingerprint.Create(_options, seed, config, columns, data);
        distributed.VerifySameTraining(fingerprint);
        using var loop = new TrainingLoop(_host, _options, distributed, data, weights, engine, seeds.Dropout, seeds.Order);
        loop.RestoreCheckpoint(fingerprint, fileLock);
        var (best, history) = loop.Train(_onEpoch, _progress, ThrowIfCancelled, CreateTrainedScorer);
        return CreateTrainedScorer(best, history);

        RowSource CreateSource(IDataView view, BoundInputColumns viewColumns) => new(
            _host, view, viewColumns, maxTokens ?? NextTokenMask.GetMaxTokens(viewColumns.CandidatesPerToken), ThrowIfCancelled, cancelsReadAgain: distributed.IsSingleProcess);

        // A view that is scored later may lack the annotation of the mask's kind, so the scorer keeps the kind of the training view.
        NextTokenDiscriminatorScorer CreateTrainedScorer(StateDictionary trainedWeights, IEnumerable<EpochResult> epochs) => new(
            _env,
            CreateSettings(
                data.ToInputScale(trainedWeights), columns.Mask is { KindIsAnnotated: true, IsBoolean: true } ? columns.Mask.Kind : _options.MaskKind,
                columns.CandidatesPerToken),
            [.. epochs]);
    }

    private (BoundInputColumns Training, BoundInputColumns? Validation, int? MaxTokens, TrainingEngine Engine) Prepare(IDataView input, IDataView? validationData)
    {
        var columns = Bind(input);
        var validationColumns = validationData is null ? null : Bind(validationData);
        CheckCompatible(columns, validationColumns);
        if (validationData is null && _options.ValidationFraction > 0)
            columns = columns.WithSamplingKey(_env, input.Schema, _options.SamplingKeyColumnName);
        // The rows of both views must fit. If a view does not say how long its rows are, the longest row that is read decides.
        var maxTokens = _options.MaxTokens ?? (validationColumns is null ? columns.MaxTokens : MaxOrNull(columns.MaxTokens, validationColumns.MaxTokens));
        if (maxTokens is { } known)
            ResolveConfig(columns, known);
        return (columns, validationColumns, maxTokens, TrainingEngine.Choose(_env, _options));
    }

    private static int? MaxOrNull(int? left, int? right) => left is { } first && right is { } second ? Math.Max(first, second) : null;

    private ScorerSettings CreateSettings(StateDictionary weights, MaskKind maskKind, int candidatesPerToken) => new()
    {
        Columns = Columns(_options) with { MaskKind = maskKind, CandidatesPerToken = candidatesPerToken },
        BatchSize = _options.BatchSize,
        BadRowPolicy = _options.BadRowPolicy,
        PadTokenScores = _options.PadTokenScores,
        TokenProbabilities = _options.TokenProbabilities,
        Engine = _options.Engine,
        Weights = weights,
    };

    private BoundInputColumns Bind(IDataView input)
    {
        var columns = BoundInputColumns.Bind(_env, Columns(_options), _options.LabelColumnName, _options.EmbeddingDimension, input.Schema)
            .WithWeight(_env, input.Schema, _options.ExampleWeightColumnName);
        columns = columns with { RanksCandidates = _options.LossKind == LossKind.RankingNce };
        columns.CheckCandidates(_env, _options.CandidatesPerToken);
        columns.CheckTokens(_env, _options.MaxTokens);
        columns.CheckLabels(_env, _options.LossKind);
        return columns;
    }

    // One network reads both views, and their metrics are compared.
    private void CheckCompatible(BoundInputColumns training, BoundInputColumns? validation)
    {
        if (validation is null)
            return;
        if (validation.Dimension != training.Dimension)
        {
            throw _env.SchemaMismatch(
                BoundInputColumns.FeatureRole, validation.Feature.Name, $"embeddings of dimension {training.Dimension}, as in the training data",
                validation.Feature.Type);
        }

        if (validation.CandidatesPerToken != training.CandidatesPerToken)
        {
            throw _env.SchemaMismatch(
                BoundInputColumns.FeatureRole, validation.Feature.Name, $"{training.CandidatesPerToken} candidates of each token (CandidatesPerToken), as in the training data",
                $"{validation.CandidatesPerToken}");
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
        var config = CreateConfig(_options, columns.Dimension, maxTokens);
        return config.FindProblem() is { } problem ? throw _env.Option(problem) : config.Resolve();
    }

    private void ThrowIfCancelled()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_host.IsCanceled())
            throw _host.Process(new OperationCanceledException("Training was canceled by the context."));
    }
}
