using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The transform bound to one input schema: the columns it reads, and the columns it adds with their types.</summary>
internal sealed class BoundTransformSchema : AppendingSchema
{
    private BoundTransformSchema(
        DataViewSchema input, DataViewSchema output, DataViewSchema.Column previous, DataViewSchema.Column current,
        TransformSettings settings, MaskColumnWriter mask, int? inputTokens)
        : base(input, output)
    {
        Previous = previous;
        Current = current;
        Settings = settings;
        Mask = mask;
        Known = inputTokens is { } known ? Layout(CountKept(settings, known)) : null;
        InputLength = inputTokens * settings.EmbeddingDimension;

        // Bind adds the columns in this order.
        var index = input.Count;
        CombinedIndex = index++;
        MaskIndex = settings.MaskColumn is null ? -1 : index;
    }

    public DataViewSchema.Column Previous { get; }

    public DataViewSchema.Column Current { get; }

    public TransformSettings Settings { get; }

    public MaskColumnWriter Mask { get; }

    /// <summary>The layout of every row; null if the schema does not determine T.</summary>
    public RowLayout? Known { get; }

    /// <summary>
    /// The number of values of every row in the column of previous embeddings, of which the other has K times as many; null if the schema
    /// does not determine it.
    /// </summary>
    public int? InputLength { get; }

    public int CombinedIndex { get; }

    /// <summary>The index of the mask column; -1 for none.</summary>
    public int MaskIndex { get; }

    /// <summary>Checks the input columns and creates the output schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or has the wrong type or size.</exception>
    public static BoundTransformSchema Bind(IExceptionContext context, TransformSettings settings, MaskColumnWriter mask, DataViewSchema input)
    {
        var previous = EmbeddingColumn.Find(context, input, settings.PreviousColumn, EmbeddingColumn.PreviousRole);
        var current = EmbeddingColumn.Find(context, input, settings.CurrentColumn, EmbeddingColumn.CurrentRole);
        var inputTokens = CommonTokens(context, settings, previous, current);
        int? tokens = inputTokens is { } known ? CountKept(settings, known) : null;

        var output = new DataViewSchema.Builder();
        output.AddColumns(input);
        AddCombined(output, settings, mask, tokens);
        if (settings.MaskColumn is not null)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            CreateAnnotations(settings, tokens, holdsMask: true).AddTo(annotations);
            output.AddColumn(settings.MaskColumn, mask.CreateType(Positions(settings, tokens)), annotations.ToAnnotations());
        }

        if (settings.TokenCountColumn is not null)
            output.AddColumn(settings.TokenCountColumn, NumberDataViewType.Int32, MaskAnnotations.TokenCountAnnotation(settings.CombinedColumn));

        return new BoundTransformSchema(input, output.ToSchema(), previous.Column, current.Column, settings, mask, inputTokens);
    }

    /// <summary>Gets the layout of a row of T tokens.</summary>
    public RowLayout Layout(int tokens) =>
        new(tokens, Settings.PadToMaxTokens ? Settings.MaxTokens : tokens, Settings.EmbeddingDimension, Settings.CandidatesPerToken);

    /// <summary>Gets the number of a row's tokens that are combined: all of them, or MaxTokens with truncation.</summary>
    public static int CountKept(TransformSettings settings, int tokens) => settings.TruncateToMaxTokens ? Math.Min(tokens, settings.MaxTokens) : tokens;

    /// <summary>Gets whether the values of an added column depend on the sequences, or only on the schema.</summary>
    public bool NeedsSequences(int outputIndex) => outputIndex == CombinedIndex || Known is null;

    public override IEnumerable<DataViewSchema.Column> GetInputsOf(int addedIndex) => NeedsSequences(addedIndex) ? [Previous, Current] : [];

    /// <summary>Creates a getter of an added column that depends only on a row's layout.</summary>
    /// <param name="addedIndex">The index of the mask column or the token count column.</param>
    /// <param name="current">Gets the layout of the current row; throws if there is no current row.</param>
    public Delegate CreateMaskOrCountGetter(int addedIndex, Func<RowLayout> current) => addedIndex == MaskIndex
        ? Mask.CreateGetter(Known, current)
        : (ValueGetter<int>)((ref int tokens) => tokens = current().Tokens);

    private static int? PaddedTokens(TransformSettings settings, int? tokens) =>
        settings.PadToMaxTokens ? settings.MaxTokens : tokens;

    private static int? Positions(TransformSettings settings, int? tokens) =>
        (1 + settings.CandidatesPerToken) * PaddedTokens(settings, tokens);

    private static int? CommonTokens(
        IExceptionContext context, TransformSettings settings, EmbeddingColumn previous, EmbeddingColumn current)
    {
        int? maxTokens = settings.TruncateToMaxTokens ? null : settings.MaxTokens;
        var previousTokens = previous.CountTokens(context, settings.EmbeddingDimension, maxTokens);
        var currentTokens = current.CountTokens(context, settings.EmbeddingDimension, maxTokens, settings.CandidatesPerToken);
        if (previousTokens is { } expected && currentTokens is { } found && expected != found)
        {
            throw context.SchemaMismatch(
                EmbeddingColumn.CurrentRole, settings.CurrentColumn,
                $"{expected} tokens as in column '{settings.PreviousColumn}'", current.Column.Type);
        }

        return CheckSizes(context, settings, previousTokens ?? currentTokens);
    }

    // The size of a vector or an array is an int. Rows that could not exist are an error before any row is read.
    private static int? CheckSizes(IExceptionContext context, TransformSettings settings, int? tokens)
    {
        if (PaddedTokens(settings, tokens is { } known ? CountKept(settings, known) : null) is { } padded
            && (1L + settings.CandidatesPerToken) * padded * settings.EmbeddingDimension > Array.MaxLength)
        {
            throw context.SchemaMismatch(
                EmbeddingColumn.PreviousRole, settings.PreviousColumn,
                $"combined sequences of at most {Array.MaxLength} values",
                $"{CandidateCount.Embeddings(padded, settings.CandidatesPerToken)} tokens of dimension {settings.EmbeddingDimension}");
        }

        return tokens;
    }

    private static void AddCombined(DataViewSchema.Builder output, TransformSettings settings, MaskColumnWriter mask, int? tokens)
    {
        var padded = PaddedTokens(settings, tokens);
        // In ML.NET a dimension of 0 is unknown. The type still tells C to later transforms.
        var type = new VectorDataViewType(NumberDataViewType.Single, Positions(settings, tokens) ?? 0, settings.EmbeddingDimension);
        var annotations = new DataViewSchema.Annotations.Builder();
        if (tokens is { } known)
            mask.Annotate(annotations, AttentionMaskAnnotation.Name, new RowLayout(known, padded!.Value, settings.EmbeddingDimension, settings.CandidatesPerToken));
        CreateAnnotations(settings, tokens, holdsMask: tokens is not null).AddTo(annotations);
        new CombinedSources(settings.PreviousColumn, settings.CurrentColumn, settings.CandidatesPerToken).AddTo(annotations);
        // The type has no length, and a trainer sees only some of the rows: the annotation tells it how long others may be.
        if (padded is null)
            annotations.Add(AnnotationNames.MaxTokens, NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = settings.MaxTokens));
        output.AddColumn(settings.CombinedColumn, type, annotations.ToAnnotations());
    }

    // Describes the masks of all rows. A column that holds no mask gets no mask kind.
    private static MaskAnnotations CreateAnnotations(TransformSettings settings, int? tokens, bool holdsMask) => new(
        holdsMask ? settings.MaskKind : null,
        settings.PadToMaxTokens && tokens != settings.MaxTokens ? MaskRule.PaddedNextToken : MaskRule.NextToken,
        tokens);
}
