namespace MlNetNtd.Benchmarks;

/// <summary>Managed memory that rows cost once everything is warm.</summary>
internal static class Allocation
{
    // Every row of the input's pool has been seen, so no buffer grows any more.
    private const int WarmUpRows = 8192;
    private const int Rows = 4096;

    /// <summary>Bytes a row of a stage.</summary>
    public static double PerRow(SequenceView input, Shape shape, EngineKind engine)
    {
        using var drain = new CursorDrain("allocation", Stages.Transform(input, shape, engine), new Outputs());
        drain.Run(WarmUpRows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        drain.Run(Rows);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rows;
    }
}
