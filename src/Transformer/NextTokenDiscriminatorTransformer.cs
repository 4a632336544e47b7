using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>
/// Builds the inputs of a discriminator and trains nothing: for each row, the combined sequence of real and generated
/// embeddings, and the attention mask that lets a discriminator score each candidate while it sees only the real tokens
/// before it.
/// </summary>
/// <remarks>
/// <para>
/// Reads two vector columns of Single, each (T, C), row-major. Writes the combined column, Vector&lt;Single, 2T, C&gt;:
/// the initial embedding, the real embeddings except the last, then the candidates. Optionally writes the mask, (2T, 2T),
/// and the token count, Int32. With K candidates for each token (<see cref="CandidatesPerToken"/>), the candidates are (T, K, C) and 2T
/// becomes T + T * K. See <see cref="NextTokenMask"/> for the mask's rule, <see cref="MlNetNtd.MaskKind"/> for its
/// forms, and <see cref="AttentionMaskAnnotation"/> for the mask without a column.
/// </para>
/// <para>
/// <c>mlContext.Model.Save</c> and <c>mlContext.Model.Load</c> save and load it like any transform of ML.NET. The context's
/// GPU settings are read when data is transformed; a loaded transformer uses the settings that the context had when it
/// loaded the model.
/// </para>
/// <para>A transformer is thread-safe. A cursor is not: use it from one thread at a time.</para>
/// </remarks>
public sealed class NextTokenDiscriminatorTransformer : ITransformer, IDisposable
{
    private readonly IHostEnvironment _env;
    private readonly TransformSettings _settings;
    private readonly MaskColumnWriter _mask;
    private readonly DeviceCache<ModuleHandle> _modules = new(typeof(NextTokenDiscriminatorTransformer));

    internal NextTokenDiscriminatorTransformer(IHostEnvironment env, TransformSettings settings)
    {
        _env = env;
        _settings = settings;
        _mask = MaskColumnWriter.Create(settings.MaskKind);
    }

    /// <summary>Gets the name of the combined column to write.</summary>
    public string OutputColumnName => _settings.CombinedColumn;

    /// <summary>Gets the name of the mask column to write; null if the mask is only an annotation.</summary>
    public string? MaskColumnName => _settings.MaskColumn;

    /// <summary>Gets the name of the token count column to write; null if there is none.</summary>
    public string? TokenCountColumnName => _settings.TokenCountColumn;

    /// <summary>Gets the name of the column of real embeddings to read. They are unshifted: the transform shifts them.</summary>
    public string PreviousColumnName => _settings.PreviousColumn;

    /// <summary>Gets the name of the column of candidate embeddings to read.</summary>
    public string CurrentColumnName => _settings.CurrentColumn;

    /// <summary>Gets C, the dimension of one embedding.</summary>
    public int EmbeddingDimension => _settings.EmbeddingDimension;

    /// <summary>Gets the length of the longest accepted sequence, in tokens; with padding, the length of each half.</summary>
    public int MaxTokens => _settings.MaxTokens;

    /// <summary>Gets K, the number of candidates of each token.</summary>
    public int CandidatesPerToken => _settings.CandidatesPerToken;

    /// <summary>Gets the form of the mask.</summary>
    public MaskKind MaskKind => _settings.MaskKind;

    /// <summary>Gets whether both halves are padded to <see cref="MaxTokens"/>.</summary>
    public bool PadToMaxTokens => _settings.PadToMaxTokens;

    /// <summary>Gets whether longer sequences are truncated to their first <see cref="MaxTokens"/> tokens.</summary>
    public bool TruncateToMaxTokens => _settings.TruncateToMaxTokens;

    /// <summary>Gets the requested engine.</summary>
    public EngineKind Engine => _settings.Engine;

    /// <summary>Gets the rows per block of the Torch engine; null if the row's size determines them.</summary>
    public int? BatchSize => _settings.BatchSize;

    /// <summary>Gets the embedding at position 0 of every combined sequence, C values.</summary>
    public ImmutableArray<float> InitialEmbedding => _settings.InitialEmbedding;

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>Creates a TorchSharp module with the weights of this transformer, for training or for use without ML.NET.</summary>
    /// <param name="device">The device of the module; null for the CPU.</param>
    /// <returns>A new module in evaluation mode, whose parameter can be trained. The caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public NextTokenDiscriminator CreateModule(torch.Device? device = null)
    {
        ThrowIfDisposed();
        return ModuleHandle.Create(_settings.InitialEmbedding, MaxTokens, device ?? torch.CPU);
    }

    /// <summary>Creates a transformer that differs only in its initial embedding. This one does not change.</summary>
    /// <param name="values">C finite values, for example from <see cref="InitialEmbeddingFile"/>.</param>
    /// <returns>The new transformer.</returns>
    /// <exception cref="ArgumentException">The number of values is not C, or a value is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public NextTokenDiscriminatorTransformer WithInitialEmbedding(ReadOnlySpan<float> values)
    {
        ThrowIfDisposed();
        var problem = values.Length != EmbeddingDimension
            ? (nameof(InitialEmbedding), $"expected {EmbeddingDimension} values (EmbeddingDimension), found {values.Length}")
            : TransformSettings.FindEmbeddingProblem(values);
        if (problem is { } found)
            throw _env.Option(found);
        return new NextTokenDiscriminatorTransformer(_env, _settings with { InitialEmbedding = [.. values] });
    }

    /// <summary>Creates a transformer with the initial embedding of a trained module. This one does not change.</summary>
    /// <param name="module">A module of the same C, for example one from <see cref="CreateModule"/>.</param>
    /// <returns>The new transformer.</returns>
    /// <exception cref="ArgumentException">The module's C is different, or a value is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public NextTokenDiscriminatorTransformer WithInitialEmbedding(NextTokenDiscriminator module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return WithInitialEmbedding(module.GetInitialEmbedding());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing, or has the wrong type or size.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Bind(inputSchema).Output;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing, or has the wrong type or size.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var schema = Bind(input.Schema);
        return new TransformDataView(_env, this, input, schema, ChooseEngine());
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var schema = Bind(inputSchema);
        var choice = ChooseEngine();
        return new RowMapper(
            schema, (row, active) => new CombinedRowGetters(_env, schema, row, active, CreateEngine(choice, batchSize: 1, schema.Known)));
    }

    /// <summary>Frees the Torch engine's weights. Existing views and prediction engines can no longer be read.</summary>
    public void Dispose() => _modules.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        TransformerSerializer.Save(ctx, _settings);
    }

    /// <summary>Gets the environment that marks errors and logs messages.</summary>
    internal IHostEnvironment Environment => _env;

    /// <summary>Binds the transform to an input schema.</summary>
    internal BoundTransformSchema Bind(DataViewSchema input)
    {
        ThrowIfDisposed();
        return BoundTransformSchema.Bind(_env, _settings, _mask, input);
    }

    /// <summary>Creates an engine for one cursor or one mapped row.</summary>
    /// <param name="choice">The engine's kind and device.</param>
    /// <param name="batchSize">Rows per block; null for the number in the settings.</param>
    /// <param name="known">The layout of every row, if the schema determines it.</param>
    internal ICombineEngine CreateEngine(EngineChoice choice, int? batchSize, RowLayout? known)
    {
        ThrowIfDisposed();
        if (choice.Kind == EngineKind.Managed)
            return new ManagedEngine(_settings.InitialEmbedding);

        // The mean of the two columns, which a block holds both.
        var rowValues = (long)(known?.Tokens ?? MaxTokens) * EmbeddingDimension * (1 + CandidatesPerToken) / 2;
        var blockRows = BlockSize.Rows(batchSize ?? BatchSize, rowValues, gpu: choice.CudaIndex is not null);
        return new TorchEngine(_env, GetModule(choice), blockRows, CandidatesPerToken);
    }

    private ModuleHandle GetModule(EngineChoice choice) =>
        _modules.GetOrCreate(choice.CudaIndex, () => new ModuleHandle(_settings.InitialEmbedding, MaxTokens, choice.Device));

    private EngineChoice ChooseEngine() =>
        EngineChoice.Make(_env, Engine, _env.GpuDeviceId(), _env.FallbackToCpu());

    private void ThrowIfDisposed() => _modules.ThrowIfDisposed();
}
