using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Creates columns of a <see cref="SchemaShape"/>, whose constructor is internal to ML.NET.</summary>
internal static class SchemaShapeColumns
{
    /// <summary>Creates a vector column; a variable-size one if <paramref name="knownSize"/> is false.</summary>
    public static SchemaShape.Column Vector(
        string name, DataViewType itemType, bool knownSize, SchemaShape? annotations = null) =>
        new(name, knownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector,
            itemType, isKey: false, annotations);

    /// <summary>Creates a scalar column.</summary>
    public static SchemaShape.Column Scalar(string name, DataViewType itemType, SchemaShape? annotations = null) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, itemType, isKey: false, annotations);

    /// <summary>Creates a scalar key column.</summary>
    public static SchemaShape.Column Key(string name, DataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, itemType, isKey: true);
}
