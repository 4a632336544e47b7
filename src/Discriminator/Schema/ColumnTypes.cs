using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>What each column must be, in the words of the error messages, for schemas and for shapes of them.</summary>
internal static class ColumnTypes
{
    public const string Feature = "Vector<Single, 2T, C>";
    public const string FeatureAdvice = "mlContext.Transforms.NextTokenDiscriminator writes such a column.";
    public const string PaddingAdvice =
        "Have the stage write its token counts (TokenCountColumnName) and name that column, or have it write a mask column and name that.";

    public const string TokenCount = "Int32";
    public const string Weight = "Single";
    public const string Label = "Boolean, or Vector<Boolean> with a label per token";

    public static string LabelAdvice(string name) =>
        $"Convert it with mlContext.Transforms.Conversion.ConvertType(\"{name}\", outputKind: DataKind.Boolean).";

    public static string WeightAdvice(string name) =>
        $"Convert it with mlContext.Transforms.Conversion.ConvertType(\"{name}\", outputKind: DataKind.Single).";

    public static string Mask(MaskKind kind) =>
        kind == MaskKind.Additive ? "Vector<Single>" : "Vector<Boolean> or, to be added to the scores, Vector<Single>";

    public static string? MaskAdvice(MaskKind kind) => kind == MaskKind.Additive
        ? $"With MaskKind = {nameof(MaskKind.Additive)} no Boolean mask can be read: say what its true means, {nameof(MaskKind.Blocked)} or {nameof(MaskKind.Allowed)}."
        : null;

    public static bool IsMask(DataViewType item, MaskKind kind) =>
        item == NumberDataViewType.Single || (item == BooleanDataViewType.Instance && kind != MaskKind.Additive);
}
