using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>
/// Only builds a discriminator's inputs: per row, the combined sequence of true and predicted embeddings and the attention
/// mask that lets a discriminator judge each predicted token while seeing only the true tokens before it.
/// </summary>
/// <remarks>
/// <para>
/// Reads two vector columns of Single, each (T, C), row-major. Writes the combined column, Vector&lt;Single, 2T, C&gt;:
/// the initial embedding, the true embeddings but for the last, the predicted embeddings; and, if asked for, the
/// mask, (2T, 2T), and the token count, Int32. <see cref="NextTokenMask"/> holds the mask's rule,
/// <see cref="MlNetNtd.MaskKind"/> its forms, <see cref="AttentionMaskAnnotation"/> its place where no column is wanted.
/// </para>
/// <para>
/// Saved by <c>mlContext.Model.Save</c> and loaded by <c>mlContext.Model.Load</c> like any stage of ML.NET. The
/// GPU settings of the context count at the time when data is transformed; a loaded transformer takes those that
/// the context had when it was loaded.
/// </para>
/// <para>Any number of threads may use one transformer; each cursor belongs to one at a time.</para>
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

    /// <summary>The combined column that is written.</summary>
    public string OutputColumnName => _settings.CombinedColumn;

    /// <summary>The mask column that is written; null where the mask is left to the annotation.</summary>
    public string? MaskColumnName => _settings.MaskColumn;

    /// <summary>The column of token counts that is written; null where there is none.</summary>
    public string? TokenCountColumnName => _settings.TokenCountColumn;

    /// <summary>True embeddings, unshifted (the transform shifts): the column that is read.</summary>
    public string PreviousColumnName => _settings.PreviousColumn;

    /// <summary>Predicted embeddings: the column that is read.</summary>
    public string CurrentColumnName => _settings.CurrentColumn;

    /// <summary>C, the dimension of one embedding.</summary>
    public int EmbeddingDimension => _settings.EmbeddingDimension;

    /// <summary>The longest sequence accepted, in tokens; with padding, the length of each half.</summary>
    public int MaxTokens => _settings.MaxTokens;

    /// <summary>How the mask is written.</summary>
    public MaskKind MaskKind => _settings.MaskKind;

    /// <summary>Whether both halves are padded to <see cref="MaxTokens"/>.</summary>
    public bool PadToMaxTokens => _settings.PadToMaxTokens;

    /// <summary>Whether longer sequences are cut to their first <see cref="MaxTokens"/> tokens.</summary>
    public bool TruncateToMaxTokens => _settings.TruncateToMaxTokens;

    /// <summary>The engine asked for.</summary>
    public EngineKind Engine => _settings.Engine;

    /// <summary>Rows per block of the Torch engine; null: by the row's size.</summary>
    public int? BatchSize => _settings.BatchSize;

    /// <summary>The embedding at position 0 of every combined sequence, C values.</summary>
    public ImmutableArray<float> InitialEmbedding => _settings.InitialEmbedding;

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>A TorchSharp module with the weights of this transformer, for training or for use without ML.NET.</summary>
    /// <param name="device">Where it lives; the CPU when null.</param>
    /// <returns>A new module, the caller's to dispose, in evaluation mode, its parameter ready for training.</returns>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public NextTokenDiscriminator CreateModule(torch.Device? device = null)
    {
        ThrowIfDisposed();
        return ModuleHandle.Create(_settings.InitialEmbedding, MaxTokens, device ?? torch.CPU);
    }

    /// <summary>The same stage with another initial embedding, learned elsewhere. This one stays as it is.</summary>
    /// <param name="values">C finite values: by hand, or from <see cref="InitialEmbeddingFile"/>.</param>
    /// <exception cref="ArgumentException">There are not C values, or one is not finite.</exception>
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

    /// <summary>The same stage with the initial embedding of a module, as training left it. This one stays as it is.</summary>
    /// <param name="module">A module of the same C, for example one that <see cref="CreateModule"/> gave.</param>
    /// <exception cref="ArgumentException">The module's C is another, or a value is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public NextTokenDiscriminatorTransformer WithInitialEmbedding(NextTokenDiscriminator module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return WithInitialEmbedding(module.GetInitialEmbedding());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or of the wrong type or size.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Bind(inputSchema).Output;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or of the wrong type or size.</exception>
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

    /// <summary>Frees the Torch engine's weights. Views and prediction engines made before can no longer be read.</summary>
    public void Dispose() => _modules.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        TransformerSerializer.Save(ctx, _settings);
    }

    /// <summary>Where errors are marked and messages logged.</summary>
    internal IHostEnvironment Environment => _env;

    /// <summary>Binds the stage to an input schema.</summary>
    internal BoundTransformSchema Bind(DataViewSchema input)
    {
        ThrowIfDisposed();
        return BoundTransformSchema.Bind(_env, _settings, _mask, input);
    }

    /// <summary>An engine for one cursor or one mapped row.</summary>
    /// <param name="choice">What the view decided on.</param>
    /// <param name="batchSize">Rows per block; null: as the settings say.</param>
    /// <param name="known">The layout of every row, where the schema tells it.</param>
    internal ICombineEngine CreateEngine(EngineChoice choice, int? batchSize, RowLayout? known)
    {
        ThrowIfDisposed();
        if (choice.Kind == EngineKind.Managed)
            return new ManagedEngine(_settings.InitialEmbedding);

        var rowValues = (long)(known?.Tokens ?? MaxTokens) * EmbeddingDimension;
        var blockRows = BlockSize.Rows(batchSize ?? BatchSize, rowValues, gpu: choice.CudaIndex is not null);
        return new TorchEngine(_env, Module(choice), blockRows);
    }

    private ModuleHandle Module(EngineChoice choice) =>
        _modules.GetOrCreate(choice.CudaIndex, () => new ModuleHandle(_settings.InitialEmbedding, MaxTokens, choice.Device));

    private EngineChoice ChooseEngine() =>
        EngineChoice.Make(_env, Engine, _env.GpuDeviceId(), _env.FallbackToCpu());

    private void ThrowIfDisposed() => _modules.ThrowIfDisposed();
}
