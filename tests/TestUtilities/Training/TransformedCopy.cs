using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>
/// Copies of the transform's output whose columns carry the mask annotations that the test chooses, and that record which columns were
/// read.
/// </summary>
internal static class TransformedCopy
{
    public const string Combined = "Combined";
    public const string Mask = "Mask";
    public const string Count = "Count";

    /// <summary>A copy of a staged view.</summary>
    /// <param name="staged">The transform's view of rows with a label.</param>
    /// <param name="saysMask">Whether the columns keep their annotations.</param>
    /// <param name="change">Changes the Boolean mask of a row.</param>
    public static TestView Of(IDataView staged, bool saysMask, Action<long, bool[]>? change = null)
    {
        var view = new TestView(staged.GetColumn<bool>("Label").Count());
        foreach (var name in new[] { Combined, Mask, Count })
        {
            if (staged.Schema.GetColumnOrNull(name) is not { } column)
                continue;
            if (column.Type is VectorDataViewType { ItemType: BooleanDataViewType } flags)
                AddVector(view, staged, column, flags, change);
            else if (column.Type is VectorDataViewType numbers)
                AddVector<float>(view, staged, column, numbers, null);
            else
                AddScalar<int>(view, staged, column);
            if (saysMask)
                view.Annotate(name, column.Annotations);
        }

        AddScalar<bool>(view, staged, staged.Schema["Label"]);
        return view;
    }

    /// <summary>Annotations that say the kind of a mask and nothing else of it.</summary>
    public static DataViewSchema.Annotations Kind(string kind)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            AttentionMaskAnnotation.KindName, TextDataViewType.Instance,
            (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> text) => text = kind.AsMemory()));
        return annotations.ToAnnotations();
    }

    /// <summary>Whether a cursor of the view was asked for a column.</summary>
    public static bool WasAskedFor(this TestView view, string column) => view.Asked.Any(columns => columns.Contains(column));

    private static void AddVector<T>(TestView view, IDataView staged, DataViewSchema.Column column, VectorDataViewType type, Action<long, T[]>? change)
    {
        var rows = staged.GetColumn<T[]>(column.Name).ToArray();
        for (var i = 0; i < rows.Length; i++)
            change?.Invoke(i, rows[i]);
        view.Vector(column.Name, type, row => rows[row]);
    }

    private static void AddScalar<T>(TestView view, IDataView staged, DataViewSchema.Column column)
    {
        var rows = staged.GetColumn<T>(column.Name).ToArray();
        view.Scalar(column.Name, column.Type, row => rows[row]);
    }
}
