namespace MlNetNtd;

/// <summary>How a stage reads a file of ML.NET's binary format beside its own bytes.</summary>
internal enum SchemaUse
{
    /// <summary>For the schema alone; rows are refused.</summary>
    WithoutRows,

    /// <summary>The same, with the number of the file's bytes in front.</summary>
    BehindItsLength,

    /// <summary>With its rows, all of which are read while the model is loaded.</summary>
    WithRows,
}
