using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The scorer bound to one input schema: which columns it reads, and the input's columns with its own behind.</summary>
internal sealed class ScorerSchema : ExtendedSchema
{
    private ScorerSchema(DataViewSchema input, InputColumns columns, DataViewSchema output)
        : base(input, output) => Columns = columns;

    public InputColumns Columns { get; }

    /// <summary>Checks the input columns and makes the output schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    public static ScorerSchema Bind(IExceptionContext context, ScorerSettings settings, DataViewSchema input)
    {
        var shape = settings.Shape;
        var columns = InputColumns.Bind(context, settings.Columns, label: null, shape.EmbeddingDimension, input);
        columns.CheckTokens(context, shape.MaxTokens);
        var output = new DataViewSchema.Builder();
        output.AddColumns(input);
        ScoreColumns.AddTo(output, input, columns.PaddedTokens);
        return new ScorerSchema(input, columns, output.ToSchema());
    }

    public override IEnumerable<DataViewSchema.Column> Sources(int ownIndex) => Columns.All;

    /// <summary>Whether any of the columns asked for is a score.</summary>
    public bool Scores(ActiveColumns active) => active.Columns.Any(column => IsOwn(column.Index));

    /// <summary>A getter of an own column over whatever row is current.</summary>
    public Delegate CreateGetter(int outputIndex, Func<RowScores> current) => Output[outputIndex].Name switch
    {
        ScoreColumns.PredictedLabel => (ValueGetter<bool>)((ref bool value) => value = current().PredictedLabel),
        ScoreColumns.Score => (ValueGetter<float>)((ref float value) => value = current().Score),
        ScoreColumns.Probability => (ValueGetter<float>)((ref float value) => value = current().Probability),
        _ => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => WriteTokens(ref value, current().Tokens)),
    };

    // Where the size is known it is that of the padded half: behind the last token stands ML.NET's missing value.
    private void WriteTokens(ref VBuffer<float> destination, float[] scores)
    {
        var editor = VBufferEditor.Create(ref destination, Columns.PaddedTokens ?? scores.Length);
        scores.CopyTo(editor.Values);
        editor.Values[scores.Length..].Fill(float.NaN);
        destination = editor.Commit();
    }
}
