using System.Reflection;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Schema shapes, which ML.NET derives from schemas inside a chain.</summary>
internal static class Shapes
{
    private static readonly MethodInfo Create =
        typeof(SchemaShape).GetMethod("Create", BindingFlags.NonPublic | BindingFlags.Static, [typeof(DataViewSchema)])!;

    /// <summary>The shape of a schema, as ML.NET itself makes it.</summary>
    public static SchemaShape Of(DataViewSchema schema) => (SchemaShape)Create.Invoke(null, [schema])!;

    /// <summary>A shape in words, a line for each column and each annotation, in order of name.</summary>
    public static string Describe(SchemaShape shape) => string.Join('\n', Lines(shape, ""));

    private static IEnumerable<string> Lines(SchemaShape shape, string indent) => shape
        .OrderBy(column => column.Name, StringComparer.Ordinal)
        .SelectMany(column => Lines(column.Annotations, indent + "  ")
            .Prepend($"{indent}{column.Name}: {column.Kind} of {column.ItemType}{(column.IsKey ? ", a key" : "")}"));
}
