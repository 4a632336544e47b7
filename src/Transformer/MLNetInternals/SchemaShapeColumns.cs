using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Columns of a <see cref="SchemaShape"/>, which ML.NET lets only its own assemblies make.</summary>
internal static class SchemaShapeColumns
{
    /// <summary>A vector or, where its size is not known, a variable vector.</summary>
    public static SchemaShape.Column Vector(
        string name, DataViewType itemType, bool knownSize, SchemaShape? annotations = null) =>
        new(name, knownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector,
            itemType, isKey: false, annotations);

    /// <summary>A single value.</summary>
    public static SchemaShape.Column Scalar(string name, DataViewType itemType, SchemaShape? annotations = null) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, itemType, isKey: false, annotations);

    /// <summary>A single key.</summary>
    public static SchemaShape.Column Key(string name, DataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, itemType, isKey: true);
}
