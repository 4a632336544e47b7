using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>
/// A trained next-token discriminator. It scores combined sequences: each candidate token, given the real tokens before it.
/// </summary>
/// <remarks>
/// <para>
/// It reads the columns that <see cref="NextTokenDiscriminatorTrainer"/> reads, except the label, and writes these columns,
/// following ML.NET's convention for binary classifiers:
/// </para>
/// <list type="table">
/// <listheader><term>Column</term><description>Type and meaning</description></listheader>
/// <item><term>PredictedLabel</term><description>Boolean: whether Score is above 0</description></item>
/// <item><term>Score</term><description>Single: the mean logit of the row's real tokens</description></item>
/// <item><term>Probability</term><description>Single: the logistic function of Score divided by <see cref="Temperature"/></description></item>
/// <item><term>TokenScores</term><description>Vector&lt;Single&gt;: the logit of each token. If the size of the feature
/// column is known, so is the size of this one, and padding is NaN, unless <see cref="PadTokenScores"/> is false. With K candidates for each
/// token, the logit of each candidate, Vector&lt;Single, T, K&gt;</description></item>
/// <item><term>TokenProbabilities</term><description>Vector&lt;Single&gt;: the logistic function of each token's logit divided by <see cref="Temperature"/>; written only
/// if <see cref="TokenProbabilities"/> is true</description></item>
/// </list>
/// <para>
/// <c>mlContext.Model.Save</c> saves it with its weights, and <c>mlContext.Model.Load</c> loads it. Scoring needs native libtorch only where <see cref="Engine"/> says so.
/// The GPU settings of the context apply when data is transformed; a loaded scorer uses the settings that the context had when it
/// was loaded.
/// </para>
/// <para>Any number of threads may use one scorer. Each cursor is for one thread at a time.</para>
/// </remarks>
public sealed class NextTokenDiscriminatorScorer
    : ISingleFeaturePredictionTransformer<NextTokenDiscriminatorModelParameters>, IDisposable
{
    private readonly IHostEnvironment _env;
    private readonly DeviceCache<IRowScorer> _rowScorers = new(typeof(NextTokenDiscriminatorScorer));

    internal NextTokenDiscriminatorScorer(IHostEnvironment env, ScorerSettings settings, ImmutableArray<EpochResult> history)
    {
        _env = env;
        Settings = settings;
        Model = new NextTokenDiscriminatorModelParameters(settings.Weights);
        History = history;
    }

    /// <summary>Gets the name of the column of combined sequences.</summary>
    public string FeatureColumnName => Settings.Columns.Feature;

    /// <summary>Gets the expected type of the feature column: Vector&lt;Single, *, C&gt;, with halves of up to <c>Config.MaxTokens</c> tokens.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, 0, Config.EmbeddingDimension);

    /// <summary>Gets the learned weights.</summary>
    public NextTokenDiscriminatorModelParameters Model { get; }

    /// <summary>
    /// Gets the name of the mask column; null: the annotations of the feature column apply. The column is not read if its annotations
    /// say that it follows the next-token rule.
    /// </summary>
    public string? MaskColumnName => Settings.Columns.Mask;

    /// <summary>Gets the name of the column of token counts; null if there is none.</summary>
    public string? TokenCountColumnName => Settings.Columns.TokenCount;

    /// <summary>
    /// Gets K, the number of candidates of each token in a feature column that has no annotation for it: the number in the training data.
    /// The transform annotates its column, and that number applies, whatever the scorer was trained with.
    /// </summary>
    public int CandidatesPerToken => Settings.Columns.CandidatesPerToken;

    /// <summary>Gets how a Boolean mask is read if its column has no annotation of its kind.</summary>
    public MaskKind MaskKind => Settings.Columns.MaskKind;

    /// <summary>Gets the number of rows that are scored at once.</summary>
    public int BatchSize => Settings.BatchSize;

    /// <summary>Gets what the scorer does with a row that it cannot score.</summary>
    public BadRowPolicy BadRowPolicy => Settings.BadRowPolicy;

    /// <summary>
    /// Gets whether TokenScores and TokenProbabilities have the size of the feature column's halves, if it is known, with NaN after a
    /// row's tokens. If false, they have one value per token of the row.
    /// </summary>
    public bool PadTokenScores => Settings.PadTokenScores;

    /// <summary>Gets whether the column TokenProbabilities is written.</summary>
    public bool TokenProbabilities => Settings.TokenProbabilities;

    /// <summary>
    /// Gets the temperature by which logits are divided before they become Probability and TokenProbabilities, fitted on the validation rows
    /// of the training; 1 without validation rows, and for weights of a network.
    /// </summary>
    public float Temperature => Settings.Weights.Temperature;

    /// <summary>Gets what computes the scores. Default: Auto.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item><description>Auto: the Torch engine on CUDA if <c>MLContext.GpuDeviceId</c> is set and that device is available, or if the
    /// network's <c>Precision</c> is BFloat16; otherwise the managed engine, which leaves rows under another mask than the next-token rule
    /// to the Torch engine.</description></item>
    /// <item><description>Managed: managed code on the CPU, in single precision. It needs no native library. A row under another mask is an
    /// error.</description></item>
    /// <item><description>Torch: the TorchSharp network. It needs native libtorch.</description></item>
    /// </list>
    /// The scores of the two differ by rounding only, up to 1e-5.
    /// </remarks>
    public EngineKind Engine => Settings.Engine;

    /// <summary>Gets the sizes of the network.</summary>
    public DiscriminatorConfig Config => Settings.Config;

    /// <summary>
    /// Gets the learned embedding of position 0, C values, for the transform's <c>WithInitialEmbedding</c>; null if it was not
    /// learned. This scorer works with any initial embedding in its input, because it replaces position 0 itself.
    /// </summary>
    public ImmutableArray<float>? InitialEmbedding => Model.InitialEmbedding;

    /// <summary>Gets the results of each epoch of training; empty for a scorer that was loaded or created from a network.</summary>
    public ImmutableArray<EpochResult> History { get; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    internal ScorerSettings Settings { get; }

    /// <summary>Creates a network with the weights of this scorer, for training or for use without ML.NET.</summary>
    /// <param name="device">The device of the network; null: the CPU.</param>
    /// <param name="seed">The seed of dropout.</param>
    /// <returns>A new network in evaluation mode. You own it and must dispose it.</returns>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public DiscriminatorNetwork CreateNetwork(torch.Device? device = null, int seed = 0)
    {
        ThrowIfDisposed();
        return Model.CreateNetwork(device, seed);
    }

    /// <summary>Creates a scorer with the current weights of a network. This scorer does not change.</summary>
    /// <param name="network">A network of the same sizes, for example one from <see cref="CreateNetwork"/>.</param>
    /// <exception cref="ArgumentException">The network has other sizes, or a weight is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithWeights(DiscriminatorNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        ThrowIfDisposed();
        if (network.Config with { Dropout = Config.Dropout, AttentionDropout = Config.AttentionDropout, Precision = Config.Precision } != Config)
            throw _env.Option((nameof(network), $"expected a network of {Config}, found {network.Config}"));
        return With(Settings with { Weights = FiniteWeights.Copy(_env, network) });
    }

    /// <summary>Creates a scorer with the weights of a .safetensors file. This scorer does not change.</summary>
    /// <param name="path">The path of a file that <see cref="SaveWeights"/> or PyTorch wrote.</param>
    /// <exception cref="FormatException">The file is damaged, or its tensors have other names or shapes.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfDisposed();
        return With(Settings with { Weights = StateDictionary.Load(path, Config) });
    }

    /// <summary>Creates a scorer with another policy on rows that cannot be scored. This scorer does not change.</summary>
    /// <param name="policy">The policy. It is saved with the scorer.</param>
    /// <exception cref="ArgumentException">The policy is not a value of the enumeration.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithBadRowPolicy(BadRowPolicy policy)
    {
        ThrowIfDisposed();
        return ScorerSettings.FindPolicyProblem(policy) is { } problem ? throw _env.Option(problem) : With(Settings with { BadRowPolicy = policy });
    }

    /// <summary>Creates a scorer with padded or unpadded token columns. This scorer does not change.</summary>
    /// <param name="pad">
    /// The value of <see cref="PadTokenScores"/>. It is saved with the scorer. Use false if you write the scores as JSON, which has no NaN.
    /// </param>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithPadTokenScores(bool pad)
    {
        ThrowIfDisposed();
        return With(Settings with { PadTokenScores = pad });
    }

    /// <summary>Creates a scorer for feature columns with another number of candidates. This scorer does not change.</summary>
    /// <param name="candidatesPerToken">The value of <see cref="CandidatesPerToken"/>, 1 to 1,024. It is saved with the scorer.</param>
    /// <exception cref="ArgumentException">The number is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithCandidatesPerToken(int candidatesPerToken)
    {
        ThrowIfDisposed();
        return CandidateCount.FindProblem(candidatesPerToken) is { } problem
            ? throw _env.Option(problem)
            : With(Settings with { Columns = Settings.Columns with { CandidatesPerToken = candidatesPerToken } });
    }

    /// <summary>Creates a scorer with or without the column TokenProbabilities. This scorer does not change.</summary>
    /// <param name="write">Whether the column is written. It is saved with the scorer.</param>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithTokenProbabilities(bool write)
    {
        ThrowIfDisposed();
        return With(Settings with { TokenProbabilities = write });
    }

    /// <summary>Creates a scorer with another engine. This scorer does not change.</summary>
    /// <param name="engine">The value of <see cref="Engine"/>. It is not saved: a loaded scorer has Auto.</param>
    /// <exception cref="ArgumentException">The engine is not a value of the enumeration, or Managed for a network in BFloat16.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithEngine(EngineKind engine)
    {
        ThrowIfDisposed();
        return ScorerSettings.FindEngineProblem(engine, Config.Precision) is { } problem ? throw _env.Option(problem) : With(Settings with { Engine = engine });
    }

    /// <summary>Writes the weights to a .safetensors file, under the names documented at <see cref="DiscriminatorNetwork"/>.</summary>
    /// <param name="path">The path of the file. An existing file is replaced.</param>
    public void SaveWeights(string path) => Model.SaveWeights(path);

    /// <summary>Describes the scorer in several lines: columns, settings, training result, and the network's layers and weights with their sizes.</summary>
    public string Describe() => Description.Describe(this);

    /// <summary>Describes the scorer in one line.</summary>
    public override string ToString() => $"{nameof(NextTokenDiscriminatorScorer)} of column '{FeatureColumnName}': {Description.Phrase(Config)}";

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or of the wrong type or size.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ThrowIfDisposed();
        return Bind(inputSchema).Output;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or of the wrong type or size.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ThrowIfDisposed();
        return new ScoreDataView(_env, this, input, Bind(input.Schema), ChooseEngine());
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ThrowIfDisposed();
        var (schema, engine) = (Bind(inputSchema), ChooseEngine());
        return new RowMapper(
            schema, (row, active) => new ScoreRowGetters(_env, schema, row, active, GetRowScorer(engine)));
    }

    /// <summary>Frees the networks. Views and prediction engines that were created before can no longer be read.</summary>
    public void Dispose() => _rowScorers.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        ScorerSerializer.Save(ctx, Settings);
    }

    internal IRowScorer GetRowScorer(ScoringEngine engine) =>
        _rowScorers.GetOrCreate(engine.CudaIndex, () => engine.Create(_env, Settings.Weights));

    /// <summary>Gets the environment that marks errors and logs messages.</summary>
    internal IHostEnvironment Environment => _env;

    /// <summary>Binds the scorer to an input schema.</summary>
    internal BoundScorerSchema Bind(DataViewSchema input) => BoundScorerSchema.Bind(_env, Settings, input);

    internal void ThrowIfDisposed() => _rowScorers.ThrowIfDisposed();

    private NextTokenDiscriminatorScorer With(ScorerSettings settings) =>
        new(_env, settings, ReferenceEquals(settings.Weights, Settings.Weights) ? History : []);

    private ScoringEngine ChooseEngine() => ScoringEngine.Choose(_env, Settings.Engine, Config.Precision);
}
