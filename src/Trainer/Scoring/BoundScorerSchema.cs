using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The scorer bound to one input schema: the columns that it reads, and the output schema.</summary>
internal sealed class BoundScorerSchema : AppendingSchema
{
    private BoundScorerSchema(DataViewSchema input, BoundInputColumns columns, ScorerSettings settings, DataViewSchema output)
        : base(input, output) => (Columns, Settings) = (columns, settings);

    /// <summary>Gets the input columns.</summary>
    public BoundInputColumns Columns { get; }

    /// <summary>Gets the settings of the scorer.</summary>
    public ScorerSettings Settings { get; }

    // The size of the token columns, if it is known.
    private int? TokenSize => Settings.PadTokenScores ? Columns.CandidatesPerToken * Columns.PaddedTokens : null;

    /// <summary>Validates the input columns and creates the output schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    public static BoundScorerSchema Bind(IExceptionContext context, ScorerSettings settings, DataViewSchema input)
    {
        var columns = BoundInputColumns.Bind(context, settings.Columns, label: null, settings.Config.EmbeddingDimension, input);
        if (!settings.Truncates)
            columns.CheckTokens(context, settings.Config.MaxTokens);
        var output = new DataViewSchema.Builder();
        output.AddColumns(input);
        ScoreColumns.AddTo(
            output, input, settings.PadTokenScores ? columns.PaddedTokens : null, columns.CandidatesPerToken, settings.TokenProbabilities,
            settings.Weights.Temperature);
        return new BoundScorerSchema(input, columns, settings, output.ToSchema());
    }

    public override IEnumerable<DataViewSchema.Column> GetInputsOf(int addedIndex) => Columns.All;

    /// <summary>Returns whether any of the requested columns is a score.</summary>
    public bool Scores(ActiveColumns active) => active.Columns.Any(column => IsAdded(column.Index));

    /// <summary>Creates the getter of a score column.</summary>
    /// <param name="outputIndex">The index of the column in the output schema.</param>
    /// <param name="current">Returns the scores of the current row.</param>
    public Delegate CreateGetter(int outputIndex, Func<RowScores> current) => Output[outputIndex].Name switch
    {
        ScoreColumns.PredictedLabel => (ValueGetter<bool>)((ref bool value) => value = current().PredictedLabel),
        ScoreColumns.Score => (ValueGetter<float>)((ref float value) => value = current().Score),
        ScoreColumns.Probability => (ValueGetter<float>)((ref float value) => value = CalibratedProbability.FromLogit(current().Score, Settings.Weights.Temperature)),
        ScoreColumns.TokenProbabilities => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => WriteProbabilities(ref value, current().Tokens)),
        _ => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value = Edit(ref value, current().Tokens).Commit()),
    };

    private void WriteProbabilities(ref VBuffer<float> destination, float[] scores)
    {
        var editor = Edit(ref destination, scores);
        foreach (ref var value in editor.Values)
            value = CalibratedProbability.FromLogit(value, Settings.Weights.Temperature);
        destination = editor.Commit();
    }

    // If the size is known, it is that of the padded half, and NaN, ML.NET's missing value, follows the last token.
    private VBufferEditor<float> Edit(ref VBuffer<float> destination, float[] scores)
    {
        var editor = VBufferEditor.Create(ref destination, TokenSize ?? scores.Length);
        scores.CopyTo(editor.Values);
        editor.Values[scores.Length..].Fill(float.NaN);
        return editor;
    }
}
