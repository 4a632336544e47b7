using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Texts of error messages about the required types of columns, for schemas and schema shapes.</summary>
internal static class ColumnRequirements
{
    public const string Feature = "Vector<Single, 2T, C>";
    public const string FeatureAdvice = "mlContext.Transforms.NextTokenDiscriminator writes such a column.";
    public const string PaddingAdvice =
        "Have the transform write its token counts (TokenCountColumnName) and name that column, or have it write a mask column and name that.";

    public const string TokenCount = "Int32";
    public const string Weight = "Single";
    public const string SamplingKey = "text, a key, a number, Boolean, a date or a time, one a row";

    /// <summary>The option that bounds the length of a row.</summary>
    public const string MaxTokens = "the trainer's MaxTokens";

    public const string Label = "Boolean, or Vector<Boolean> with a label per token";

    public const string RowLabel = "Boolean, a label per row (LossKind.Row)";
    public const string CandidateLabel = "Vector<Boolean>, a label per candidate (LossKind.RankingNce)";
    public const string CandidateAdvice = "Set CandidatesPerToken in the transform's options, or in the trainer's if no transform wrote the column.";
    public const string RowLabelAdvice = "Name a column with one label per row, or use LossKind.Token.";

    /// <summary>
    /// Returns the advice for labels that are not Boolean. Text must be mapped, because a conversion makes everything false except "true",
    /// "yes", "1" and similar words.
    /// </summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="item">The type of its values.</param>
    /// <param name="isKey">Whether the values are keys.</param>
    public static string LabelAdvice(string name, DataViewType item, bool isKey)
    {
        if (isKey)
            return $"Bring back the values of its keys with mlContext.Transforms.Conversion.MapKeyToValue(\"{name}\"), then say which of them are true: {Mapping(name)}.";
        return item is TextDataViewType
            ? $"Say which of its values are true: {Mapping(name)}."
            : $"Convert it with mlContext.Transforms.Conversion.ConvertType(\"{name}\", outputKind: DataKind.Boolean).";
    }

    /// <inheritdoc cref="LabelAdvice(string, DataViewType, bool)"/>
    public static string LabelAdvice(DataViewSchema.Column column)
    {
        var item = (column.Type as VectorDataViewType)?.ItemType ?? column.Type;
        return LabelAdvice(column.Name, item, item is KeyDataViewType);
    }

    /// <summary>Returns the advice for labels that are all equal.</summary>
    public static string OneKindAdvice(string name) =>
        $"If ConvertType made them of text or of numbers other than 0 and 1, say which values are true instead: {Mapping(name)}.";

    private static string Mapping(string name) =>
        $"mlContext.Transforms.Conversion.MapValue(\"{name}\", new Dictionary<string, bool> {{ [\"real\"] = true, [\"fake\"] = false }}), with its own values for \"real\" and \"fake\"";

    /// <summary>Returns the advice for weights that are not Single.</summary>
    public static string WeightAdvice(string name) =>
        $"Convert it with mlContext.Transforms.Conversion.ConvertType(\"{name}\", outputKind: DataKind.Single).";

    /// <summary>Returns the required type of a mask column.</summary>
    public static string Mask(MaskKind kind) =>
        kind == MaskKind.Additive ? "Vector<Single>" : "Vector<Boolean> or, to be added to the scores, Vector<Single>";

    /// <summary>Returns the advice for a mask column of the wrong type; null if there is none.</summary>
    public static string? MaskAdvice(MaskKind kind) => kind == MaskKind.Additive
        ? $"With MaskKind = {nameof(MaskKind.Additive)} no Boolean mask can be read: say what its true means, {nameof(MaskKind.Blocked)} or {nameof(MaskKind.Allowed)}."
        : null;

    /// <summary>Returns whether a mask column can have this item type.</summary>
    public static bool IsMask(DataViewType item, MaskKind kind) =>
        item == NumberDataViewType.Single || (item == BooleanDataViewType.Instance && kind != MaskKind.Additive);
}
