using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// The estimator of <see cref="NextTokenDiscriminatorTransformer"/>, which builds the inputs of a discriminator and trains nothing: it
/// combines the real and generated embeddings of each row into one sequence with its attention mask.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Fit"/> reads no rows: it resolves C and the longest sequence from the options and the input columns' types.
/// <c>mlContext.Transforms.NextTokenDiscriminator(...)</c> creates the estimator.
/// </para>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>PreviousColumnName (in)</term><description>Vector&lt;Single&gt;, T * C values, known or unknown size; unshifted, the transform shifts them</description></item>
/// <item><term>CurrentColumnName (in)</term><description>Vector&lt;Single&gt;, T * C values, known or unknown size; T * K * C with K candidates for each token</description></item>
/// <item><term>OutputColumnName (out)</term><description>Vector&lt;Single, 2T, C&gt;</description></item>
/// <item><term>MaskColumnName (out)</term><description>Vector&lt;Boolean, 2T, 2T&gt;, or Single if MaskKind is Additive</description></item>
/// <item><term>TokenCountColumnName (out)</term><description>Int32</description></item>
/// </list>
/// <para>
/// If the size of the input columns is unknown, so is the size of the outputs, unless they are padded: T is then MaxTokens. With K
/// candidates for each token (CandidatesPerToken), 2T becomes T + T * K.
/// </para>
/// </remarks>
public sealed partial class NextTokenDiscriminatorEstimator : IEstimator<NextTokenDiscriminatorTransformer>
{
    private readonly IHostEnvironment _env;
    private readonly Options _options;

    /// <summary>Initializes the estimator and checks every option.</summary>
    /// <param name="env">The environment, an <see cref="MLContext"/>.</param>
    /// <param name="options">The options. The constructor copies them: later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option is out of range, or two options contradict each other.</exception>
    public NextTokenDiscriminatorEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        _env = env;
        _options = options.Copy();
        if (TransformOptionsValidator.Validate(_options) is { } problem)
            throw env.Option(problem);
    }

    /// <summary>Checks the input columns and resolves C and the longest sequence. Reads no rows.</summary>
    /// <param name="input">The view whose schema determines the transformer.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing, or has the wrong type or size.</exception>
    /// <exception cref="ArgumentException">Neither the options nor the columns' types determine C.</exception>
    public NextTokenDiscriminatorTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var previous = EmbeddingColumn.Find(_env, input.Schema, _options.PreviousColumnName, EmbeddingColumn.PreviousRole);
        var current = EmbeddingColumn.Find(_env, input.Schema, _options.CurrentColumnName, EmbeddingColumn.CurrentRole);

        var dimension = _options.EmbeddingDimension ?? _options.InitialEmbedding?.Length
            ?? previous.Dimension ?? current.Dimension
            ?? throw _env.Option((
            nameof(Options.EmbeddingDimension),
            $"set it: the types of the columns '{previous.Column.Name}' ({previous.Column.Type}) and "
            + $"'{current.Column.Name}' ({current.Column.Type}) do not say (T, C)"));
        // As many values as real embeddings are one candidate of each token, whatever the shape.
        var candidates = _options.CandidatesPerToken
            ?? (current.Size is { } size && size == previous.Size ? null : current.GetCandidates(dimension)) ?? 1;
        var mostTokens = NextTokenMask.GetMaxTokens(candidates);
        // Both columns are checked against C before anything of that size is allocated.
        int? maxAccepted = _options.TruncateToMaxTokens ? null : _options.MaxTokens ?? mostTokens;
        var (previousTokens, currentTokens) = (previous.CountTokens(_env, dimension, maxAccepted), current.CountTokens(_env, dimension, maxAccepted, candidates));
        var maxTokens = _options.MaxTokens ?? previousTokens ?? currentTokens ?? Math.Min(Defaults.MaxTokens, mostTokens);

        var settings = CreateSettings(dimension, maxTokens) with { CandidatesPerToken = candidates };
        if (settings.FindProblem() is { } problem)
            throw _env.Option(problem);
        var transformer = new NextTokenDiscriminatorTransformer(_env, settings);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    private TransformSettings CreateSettings(int dimension, int maxTokens) => new()
    {
        CombinedColumn = _options.OutputColumnName,
        MaskColumn = _options.MaskColumnName,
        TokenCountColumn = _options.TokenCountColumnName,
        PreviousColumn = _options.PreviousColumnName,
        CurrentColumn = _options.CurrentColumnName,
        MaxTokens = maxTokens,
        MaskKind = _options.MaskKind,
        PadToMaxTokens = _options.PadToMaxTokens,
        TruncateToMaxTokens = _options.TruncateToMaxTokens,
        Engine = _options.Engine,
        BatchSize = _options.BatchSize,
        InitialEmbedding = _options.InitialEmbedding is { } values
            ? [.. values]
            : ImmutableCollectionsMarshal.AsImmutableArray(new float[dimension]),
    };
}
