namespace MlNetNtd;

/// <summary>Specifies how a stage uses an additional file in ML.NET's binary format.</summary>
internal enum SchemaUse
{
    /// <summary>The stage reads only the schema. Rows are rejected.</summary>
    WithoutRows,

    /// <summary>The stage reads only the schema, which is prefixed with its length in bytes.</summary>
    LengthPrefixed,

    /// <summary>The stage reads the schema and all rows when the model is loaded.</summary>
    WithRows,
}
