namespace MlNetNtd.Tool;

/// <summary>The formats of tables.</summary>
internal enum TableFormat
{
    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>The Arrow IPC file format, also called Feather 2.</summary>
    Arrow,

    /// <summary>The Arrow IPC streaming format.</summary>
    ArrowStream,
}
