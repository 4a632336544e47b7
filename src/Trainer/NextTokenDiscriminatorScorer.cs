using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>
/// A trained next-token discriminator: scores combined sequences, each candidate token by the true tokens before it.
/// </summary>
/// <remarks>
/// <para>
/// Reads what <see cref="NextTokenDiscriminatorTrainer"/> was told to read, but for the label. Writes, by ML.NET's
/// convention for binary classifiers:
/// </para>
/// <list type="table">
/// <listheader><term>Column</term><description>Type and meaning</description></listheader>
/// <item><term>PredictedLabel</term><description>Boolean: Score above 0</description></item>
/// <item><term>Score</term><description>Single: the mean logit of the row's real tokens</description></item>
/// <item><term>Probability</term><description>Single: the logistic function of Score</description></item>
/// <item><term>TokenScores</term><description>Vector&lt;Single&gt;: the logit of each token. Where the size of the feature
/// column is known, so is this one's, and padding has NaN, unless <see cref="PadTokenScores"/> is false.</description></item>
/// <item><term>TokenProbabilities</term><description>Vector&lt;Single&gt;: the logistic function of each token's logit; only where
/// asked for (<see cref="TokenProbabilities"/>)</description></item>
/// </list>
/// <para>
/// Saved by <c>mlContext.Model.Save</c> with its weights and loaded by <c>mlContext.Model.Load</c>. It needs native
/// libtorch to score. The GPU settings of the context count at the time when data is transformed; a loaded scorer takes
/// those that the context had when it was loaded.
/// </para>
/// <para>Any number of threads may use one scorer; each cursor belongs to one at a time.</para>
/// </remarks>
public sealed class NextTokenDiscriminatorScorer
    : ISingleFeaturePredictionTransformer<NextTokenDiscriminatorModelParameters>, IDisposable
{
    private readonly IHostEnvironment _env;
    private readonly DeviceCache<NetworkHandle> _networks = new(typeof(NextTokenDiscriminatorScorer));

    internal NextTokenDiscriminatorScorer(IHostEnvironment env, ScorerSettings settings, ImmutableArray<EpochResult> history)
    {
        _env = env;
        Settings = settings;
        Model = new NextTokenDiscriminatorModelParameters(settings.Weights);
        History = history;
    }

    /// <summary>The combined sequences that are read.</summary>
    public string FeatureColumnName => Settings.Columns.Feature;

    /// <summary>What is read of it, whatever its length up to <c>Shape.MaxTokens</c>: Vector&lt;Single, *, C&gt;.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, 0, Config.EmbeddingDimension);

    /// <summary>What was learned.</summary>
    public NextTokenDiscriminatorModelParameters Model { get; }

    /// <summary>
    /// The mask column, read where it does not say that it follows the next-token rule; null: what the feature column says.
    /// </summary>
    public string? MaskColumnName => Settings.Columns.Mask;

    /// <summary>The column of token counts that is read; null where there is none.</summary>
    public string? TokenCountColumnName => Settings.Columns.TokenCount;

    /// <summary>How a Boolean mask is read whose column does not say it.</summary>
    public MaskKind MaskKind => Settings.Columns.MaskKind;

    /// <summary>Rows scored at once.</summary>
    public int BatchSize => Settings.BatchSize;

    /// <summary>What is done with a row that cannot be scored.</summary>
    public BadRowPolicy BadRowPolicy => Settings.BadRowPolicy;

    /// <summary>
    /// Whether TokenScores and TokenProbabilities have the size of the feature column's halves, where that is known, with NaN behind a
    /// row's tokens; else they have a value for each of a row's tokens and no more.
    /// </summary>
    public bool PadTokenScores => Settings.PadTokenScores;

    /// <summary>Whether the column TokenProbabilities is written.</summary>
    public bool TokenProbabilities => Settings.TokenProbabilities;

    /// <summary>The sizes of the network.</summary>
    public DiscriminatorConfig Config => Settings.Config;

    /// <summary>
    /// The learned embedding of position 0, C values, which the stage's <c>WithInitialEmbedding</c> takes; null where it
    /// was not learned. This scorer needs no such stage: it replaces position 0 itself.
    /// </summary>
    public ImmutableArray<float>? InitialEmbedding => Model.InitialEmbedding;

    /// <summary>How training went, an entry per epoch; empty for a scorer that was loaded or made of a network.</summary>
    public ImmutableArray<EpochResult> History { get; }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    internal ScorerSettings Settings { get; }

    /// <summary>A network with the weights of this scorer, for training or for use without ML.NET.</summary>
    /// <param name="device">Where it lives; the CPU when null.</param>
    /// <param name="seed">Decides what dropout leaves out.</param>
    /// <returns>A new network, the caller's to dispose, in evaluation mode.</returns>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public DiscriminatorNetwork CreateNetwork(torch.Device? device = null, int seed = 0)
    {
        ThrowIfDisposed();
        return Model.CreateNetwork(device, seed);
    }

    /// <summary>The same scorer with the weights that a network has now. This one stays as it is.</summary>
    /// <param name="network">A network of the same shape, for example one that <see cref="CreateNetwork"/> gave.</param>
    /// <exception cref="ArgumentException">The shape is another, or a weight is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithWeights(DiscriminatorNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        ThrowIfDisposed();
        if (network.Config with { Dropout = Config.Dropout, AttentionDropout = Config.AttentionDropout, Precision = Config.Precision } != Config)
            throw _env.Option((nameof(network), $"expected a network of {Config}, found {network.Config}"));
        return With(Settings with { Weights = FiniteWeights.Copy(_env, network) });
    }

    /// <summary>The same scorer with the weights of a .safetensors file. This one stays as it is.</summary>
    /// <param name="path">A file as <see cref="SaveWeights"/>, or PyTorch, wrote it.</param>
    /// <exception cref="FormatException">The file is damaged, or its tensors are not those of this shape.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithWeights(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfDisposed();
        return With(Settings with { Weights = StateDictionary.Load(path, Config) });
    }

    /// <summary>The same scorer with another policy on rows that cannot be scored. This one stays as it is.</summary>
    /// <param name="policy">The policy; it is saved with the scorer.</param>
    /// <exception cref="ArgumentException">The policy is none of the enumeration's.</exception>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithBadRowPolicy(BadRowPolicy policy)
    {
        ThrowIfDisposed();
        return ScorerSettings.FindPolicyProblem(policy) is { } problem ? throw _env.Option(problem) : With(Settings with { BadRowPolicy = policy });
    }

    /// <summary>The same scorer with padded or unpadded token columns. This one stays as it is.</summary>
    /// <param name="pad">As <see cref="PadTokenScores"/> says; it is saved with the scorer. False where JSON is written, which knows no NaN.</param>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithPadTokenScores(bool pad)
    {
        ThrowIfDisposed();
        return With(Settings with { PadTokenScores = pad });
    }

    /// <summary>The same scorer, with the column TokenProbabilities or without. This one stays as it is.</summary>
    /// <param name="write">Whether it is written; it is saved with the scorer.</param>
    /// <exception cref="ObjectDisposedException">The scorer is disposed.</exception>
    public NextTokenDiscriminatorScorer WithTokenProbabilities(bool write)
    {
        ThrowIfDisposed();
        return With(Settings with { TokenProbabilities = write });
    }

    /// <summary>Writes the weights as a .safetensors file, by the names that <see cref="DiscriminatorNetwork"/> lists.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    public void SaveWeights(string path) => Model.SaveWeights(path);

    /// <summary>A summary in several lines: columns, settings, how training went, and the network's layers and weights with their sizes.</summary>
    public string Describe() => Description.Describe(this);

    /// <summary>A summary in one line.</summary>
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
        return new ScoreDataView(_env, this, input, Bind(input.Schema), NetworkDevice.Choose(_env));
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ThrowIfDisposed();
        var (schema, device) = (Bind(inputSchema), NetworkDevice.Choose(_env));
        return new RowMapper(
            schema, (row, active) => new ScoreRowGetters(_env, schema, row, active, Network(device)));
    }

    /// <summary>Frees the networks. Views and prediction engines made before can no longer be read.</summary>
    public void Dispose() => _networks.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        ScorerSerializer.Save(ctx, Settings);
    }

    internal NetworkHandle Network(NetworkDevice device) =>
        _networks.GetOrCreate(device.CudaIndex, () => new NetworkHandle(Settings.Weights, device.Device));

    private NextTokenDiscriminatorScorer With(ScorerSettings settings) => new(_env, settings, ReferenceEquals(settings.Weights, Settings.Weights) ? History : []);

    private BoundScorerSchema Bind(DataViewSchema input) => BoundScorerSchema.Bind(_env, Settings, input);

    private void ThrowIfDisposed() => _networks.ThrowIfDisposed();
}
