using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Writes a table piece by piece.</summary>
internal interface ITableWriter : IDisposable
{
    /// <summary>Writes rows. The values may be reused when it returns.</summary>
    void Write(RecordBatch batch);

    /// <summary>Writes the end of the table. Without it the table is not whole.</summary>
    void Finish();
}
