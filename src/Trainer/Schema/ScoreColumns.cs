using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The output columns of the scorer. Names and annotations follow ML.NET's convention for binary classifiers.</summary>
internal static class ScoreColumns
{
    public const string PredictedLabel = "PredictedLabel";
    public const string Score = "Score";
    public const string Probability = "Probability";
    public const string TokenScores = "TokenScores";
    public const string TokenProbabilities = "TokenProbabilities";

    private const string SetIdKind = "ScoreColumnSetId";
    private const string ColumnKind = "ScoreColumnKind";
    private const string ValueKind = "ScoreValueKind";
    private const string NormalizedKind = "IsNormalized";
    private const string TemperatureKind = "Temperature";
    private const string BinaryClassification = "BinaryClassification";

    private static readonly KeyDataViewType SetIdType = new(typeof(uint), int.MaxValue);

    /// <summary>Adds the columns after those of the input.</summary>
    /// <param name="output">The builder of the output schema.</param>
    /// <param name="input">The schema of the input. The columns get a score set id that none of its columns has.</param>
    /// <param name="paddedTokens">The number of tokens in the token columns; null if it is unknown.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token: the token columns are (T, K) unless it is 1.</param>
    /// <param name="probabilities">Whether the column TokenProbabilities is written.</param>
    /// <param name="temperature">The temperature of probabilities, an annotation of the columns of logits.</param>
    public static void AddTo(
        DataViewSchema.Builder output, DataViewSchema input, int? paddedTokens, int candidatesPerToken, bool probabilities, float temperature)
    {
        var set = NextSet(input);
        // In ML.NET a dimension of 0 is unknown. The type still tells K to what reads the column.
        var tokenType = candidatesPerToken > 1
            ? new VectorDataViewType(NumberDataViewType.Single, paddedTokens ?? 0, candidatesPerToken)
            : paddedTokens is { } tokens
                ? new VectorDataViewType(NumberDataViewType.Single, tokens)
                : new VectorDataViewType(NumberDataViewType.Single);
        output.AddColumn(PredictedLabel, BooleanDataViewType.Instance, Annotations(set, PredictedLabel, temperature));
        output.AddColumn(Score, NumberDataViewType.Single, Annotations(set, Score, temperature));
        output.AddColumn(Probability, NumberDataViewType.Single, Annotations(set, Probability, temperature));
        output.AddColumn(TokenScores, tokenType, Annotations(set, TokenScores, temperature));
        if (probabilities)
            output.AddColumn(TokenProbabilities, tokenType, Annotations(set, TokenProbabilities, temperature));
    }

    /// <summary>Returns the names of the columns, in the order of the schema.</summary>
    /// <param name="probabilities">Whether the column TokenProbabilities is written.</param>
    public static IEnumerable<string> Names(bool probabilities) =>
        [PredictedLabel, Score, Probability, TokenScores, .. probabilities ? [TokenProbabilities] : Array.Empty<string>()];

    /// <summary>Returns the schema shapes of the columns.</summary>
    /// <param name="knownSize">Whether the size of the token columns is known.</param>
    /// <param name="probabilities">Whether the column TokenProbabilities is written.</param>
    public static IEnumerable<SchemaShape.Column> Shapes(bool knownSize, bool probabilities) =>
    [
        SchemaShapeColumns.Scalar(PredictedLabel, BooleanDataViewType.Instance, AnnotationShape()),
        SchemaShapeColumns.Scalar(Score, NumberDataViewType.Single, AnnotationShape()),
        SchemaShapeColumns.Scalar(Probability, NumberDataViewType.Single, AnnotationShape(normalized: true)),
        SchemaShapeColumns.Vector(TokenScores, NumberDataViewType.Single, knownSize, AnnotationShape(temperature: true)),
        .. probabilities ? [SchemaShapeColumns.Vector(TokenProbabilities, NumberDataViewType.Single, knownSize, AnnotationShape(normalized: true))] : Array.Empty<SchemaShape.Column>(),
    ];

    /// <summary>Reads the temperature of a column of logits; 1 if it has no such annotation.</summary>
    public static float ReadTemperature(DataViewSchema.Column logits)
    {
        if (logits.Annotations.Schema.GetColumnOrNull(TemperatureKind)?.Type != NumberDataViewType.Single)
            return 1;
        var temperature = 1f;
        logits.Annotations.GetValue(TemperatureKind, ref temperature);
        return CalibratedProbability.IsValid(temperature) ? temperature : 1;
    }

    private static DataViewSchema.Annotations Annotations(uint set, string value, float temperature)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(SetIdKind, SetIdType, (ValueGetter<uint>)((ref uint id) => id = set));
        builder.Add(ColumnKind, TextDataViewType.Instance, Text(BinaryClassification));
        builder.Add(ValueKind, TextDataViewType.Instance, Text(value));
        if (value is Probability or TokenProbabilities)
            builder.Add(NormalizedKind, BooleanDataViewType.Instance, (ValueGetter<bool>)((ref bool normalized) => normalized = true));
        if (value is TokenScores)
            builder.Add(TemperatureKind, NumberDataViewType.Single, (ValueGetter<float>)((ref float annotated) => annotated = temperature));
        return builder.ToAnnotations();
    }

    private static ValueGetter<ReadOnlyMemory<char>> Text(string value) =>
        (ref ReadOnlyMemory<char> text) => text = value.AsMemory();

    private static uint NextSet(DataViewSchema input)
    {
        uint last = 0;
        foreach (var column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull(SetIdKind)?.Type is not KeyDataViewType type || type.RawType != typeof(uint))
                continue;
            uint id = 0;
            column.Annotations.GetValue(SetIdKind, ref id);
            last = Math.Max(last, id);
        }

        return last + 1;
    }

    private static SchemaShape AnnotationShape(bool normalized = false, bool temperature = false)
    {
        List<SchemaShape.Column> columns =
        [
            SchemaShapeColumns.Key(SetIdKind, NumberDataViewType.UInt32),
            SchemaShapeColumns.Scalar(ColumnKind, TextDataViewType.Instance),
            SchemaShapeColumns.Scalar(ValueKind, TextDataViewType.Instance),
        ];
        if (normalized)
            columns.Add(SchemaShapeColumns.Scalar(NormalizedKind, BooleanDataViewType.Instance));
        if (temperature)
            columns.Add(SchemaShapeColumns.Scalar(TemperatureKind, NumberDataViewType.Single));
        return new SchemaShape(columns);
    }
}
