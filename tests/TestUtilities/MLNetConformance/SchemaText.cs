using System.Collections;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Schemas as text, one line per column: equal text means equal schemas.</summary>
internal static class SchemaText
{
    private static readonly MethodInfo AnnotationMethod =
        typeof(SchemaText).GetMethod(nameof(Annotation), BindingFlags.NonPublic | BindingFlags.Static)!;

    // ML.NET keeps to itself how it makes the shape of a schema.
    private static readonly MethodInfo CreateShapeMethod =
        typeof(SchemaShape).GetMethod("Create", BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Index, name, type and every annotation with its value.</summary>
    public static string Of(DataViewSchema schema) => string.Join('\n', schema.Select(column =>
        $"{column.Index} {column.Name}{(column.IsHidden ? " (hidden)" : "")}: {column.Type}{Annotations(column.Annotations)}"));

    /// <summary>Name, kind, item type and the annotations, which have no values yet; in order of names.</summary>
    public static string Of(SchemaShape shape) => string.Join('\n', shape.OrderBy(column => column.Name, StringComparer.Ordinal).Select(column =>
        $"{column.Name}: {column.Kind} of {(column.IsKey ? "key " : "")}{column.ItemType}"
        + (column.Annotations is { Count: > 0 } annotations ? $" {{{Of(annotations).Replace('\n', ';')}}}" : "")));

    /// <summary>What an estimator is shown of a schema.</summary>
    public static SchemaShape Shape(DataViewSchema schema) => (SchemaShape)CreateShapeMethod.Invoke(null, [schema])!;

    private static string Annotations(DataViewSchema.Annotations annotations) => annotations.Schema.Count == 0
        ? ""
        : $" {{{string.Join("; ", annotations.Schema.Select(column => $"{column.Name}: {column.Type} = {Value(annotations, column)}"))}}}";

    private static string Value(DataViewSchema.Annotations annotations, DataViewSchema.Column column) =>
        (string)AnnotationMethod.MakeGenericMethod(column.Type.RawType).Invoke(null, [annotations, column])!;

    private static string Annotation<T>(DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        var value = default(T)!;
        annotations.GetGetter<T>(column)(ref value);
        if (typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>))
        {
            var items = (IEnumerable)typeof(T).GetMethod(nameof(VBuffer<>.DenseValues))!.Invoke(value, [])!;
            return string.Join(',', items.Cast<object>());
        }

        return $"{value}";
    }
}
