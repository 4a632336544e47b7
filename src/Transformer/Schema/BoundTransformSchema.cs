using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The stage bound to one input schema: which columns it reads, which it adds, and of what type.</summary>
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
        Known = inputTokens is { } known ? Layout(Kept(settings, known)) : null;
        InputLength = inputTokens * settings.EmbeddingDimension;

        // The order in which Bind adds them.
        var index = input.Count;
        CombinedIndex = index++;
        MaskIndex = settings.MaskColumn is null ? -1 : index;
    }

    public DataViewSchema.Column Previous { get; }

    public DataViewSchema.Column Current { get; }

    public TransformSettings Settings { get; }

    public MaskColumnWriter Mask { get; }

    /// <summary>The layout of every row, where the schema tells T; else null.</summary>
    public RowLayout? Known { get; }

    /// <summary>The values of every row in either input column, where the schema tells; else null.</summary>
    public int? InputLength { get; }

    public int CombinedIndex { get; }

    /// <summary>-1 where no such column is written.</summary>
    public int MaskIndex { get; }

    /// <summary>Checks the input columns and makes the output schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    public static BoundTransformSchema Bind(IExceptionContext context, TransformSettings settings, MaskColumnWriter mask, DataViewSchema input)
    {
        var previous = EmbeddingColumn.Find(context, input, settings.PreviousColumn, EmbeddingColumn.PreviousRole);
        var current = EmbeddingColumn.Find(context, input, settings.CurrentColumn, EmbeddingColumn.CurrentRole);
        var inputTokens = CommonTokens(context, settings, previous, current);
        int? tokens = inputTokens is { } known ? Kept(settings, known) : null;

        var output = new DataViewSchema.Builder();
        output.AddColumns(input);
        AddCombined(output, settings, mask, tokens);
        if (settings.MaskColumn is not null)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            CreateAnnotations(settings, tokens, holdsMask: true).AddTo(annotations);
            output.AddColumn(settings.MaskColumn, mask.Type(PaddedTokens(settings, tokens)), annotations.ToAnnotations());
        }

        if (settings.TokenCountColumn is not null)
            output.AddColumn(settings.TokenCountColumn, NumberDataViewType.Int32, MaskAnnotations.TokenCountAnnotation(settings.CombinedColumn));

        return new BoundTransformSchema(input, output.ToSchema(), previous.Column, current.Column, settings, mask, inputTokens);
    }

    /// <summary>The sizes of a row of T tokens.</summary>
    public RowLayout Layout(int tokens) =>
        new(tokens, Settings.PadToMaxTokens ? Settings.MaxTokens : tokens, Settings.EmbeddingDimension);

    /// <summary>How many of a row's tokens are combined.</summary>
    public static int Kept(TransformSettings settings, int tokens) => settings.TruncateToMaxTokens ? Math.Min(tokens, settings.MaxTokens) : tokens;

    /// <summary>Whether the values of an own column cannot be told without reading the sequences.</summary>
    public bool NeedsSequences(int outputIndex) => outputIndex == CombinedIndex || Known is null;

    public override IEnumerable<DataViewSchema.Column> GetInputsOf(int ownIndex) => NeedsSequences(ownIndex) ? [Previous, Current] : [];

    /// <summary>A getter of an own column that follows from a row's sizes alone.</summary>
    /// <param name="ownIndex">The mask's or the token count's index.</param>
    /// <param name="current">The layout of the current row; throws where there is none.</param>
    public Delegate CreateMaskOrCountGetter(int ownIndex, Func<RowLayout> current) => ownIndex == MaskIndex
        ? Mask.CreateGetter(Known, current)
        : (ValueGetter<int>)((ref int tokens) => tokens = current().Tokens);

    private static int? PaddedTokens(TransformSettings settings, int? tokens) =>
        settings.PadToMaxTokens ? settings.MaxTokens : tokens;

    private static int? CommonTokens(
        IExceptionContext context, TransformSettings settings, EmbeddingColumn previous, EmbeddingColumn current)
    {
        int? most = settings.TruncateToMaxTokens ? null : settings.MaxTokens;
        var previousTokens = previous.Tokens(context, settings.EmbeddingDimension, most);
        var currentTokens = current.Tokens(context, settings.EmbeddingDimension, most);
        if (previousTokens is { } one && currentTokens is { } other && one != other)
        {
            throw context.SchemaMismatch(
                EmbeddingColumn.CurrentRole, settings.CurrentColumn,
                $"{one} tokens as in column '{settings.PreviousColumn}'", current.Column.Type);
        }

        return CheckSizes(context, settings, previousTokens ?? currentTokens);
    }

    // A vector's size is an int, so is an array's: a stage whose rows cannot exist is refused before any is read.
    private static int? CheckSizes(IExceptionContext context, TransformSettings settings, int? tokens)
    {
        if (PaddedTokens(settings, tokens is { } known ? Kept(settings, known) : null) is { } padded && 2L * padded * settings.EmbeddingDimension > Array.MaxLength)
        {
            throw context.SchemaMismatch(
                EmbeddingColumn.PreviousRole, settings.PreviousColumn,
                $"combined sequences of at most {Array.MaxLength} values",
                $"2 * {padded} tokens of dimension {settings.EmbeddingDimension}");
        }

        return tokens;
    }

    private static void AddCombined(DataViewSchema.Builder output, TransformSettings settings, MaskColumnWriter mask, int? tokens)
    {
        var padded = PaddedTokens(settings, tokens);
        // A dimension of 0 is ML.NET's way to say "not known": C is still said for the stages behind.
        var type = new VectorDataViewType(NumberDataViewType.Single, 2 * (padded ?? 0), settings.EmbeddingDimension);
        var annotations = new DataViewSchema.Annotations.Builder();
        if (tokens is { } known)
            mask.Annotate(annotations, AttentionMaskAnnotation.Name, new RowLayout(known, padded!.Value, settings.EmbeddingDimension));
        CreateAnnotations(settings, tokens, holdsMask: tokens is not null).AddTo(annotations);
        new CombinedSources(settings.PreviousColumn, settings.CurrentColumn).AddTo(annotations);
        // Where the type says no length, what is learned from some rows has to know how long others may be.
        if (padded is null)
            annotations.Add(AnnotationNames.MaxTokens, NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = settings.MaxTokens));
        output.AddColumn(settings.CombinedColumn, type, annotations.ToAnnotations());
    }

    // What can be said of every row's mask. The kind is said only where there is a mask to be of it.
    private static MaskAnnotations CreateAnnotations(TransformSettings settings, int? tokens, bool holdsMask) => new(
        holdsMask ? settings.MaskKind : null,
        settings.PadToMaxTokens && tokens != settings.MaxTokens ? MaskRule.PaddedNextToken : MaskRule.NextToken,
        tokens);
}
