namespace MlNetNtd.Benchmarks;

/// <summary>Measures the managed memory that is allocated per row after warm-up.</summary>
internal static class Allocation
{
    // More than the rows in the input's pool, so that no buffer grows afterwards.
    private const int WarmUpRows = 8192;
    private const int Rows = 4096;

    /// <summary>Measures the bytes per row of a transform.</summary>
    public static double PerRow(SequenceView input, Shape shape, EngineKind engine)
    {
        using var drain = new CursorDrain("allocation", Transforms.Transform(input, shape, engine), new Outputs());
        drain.Run(WarmUpRows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        drain.Run(Rows);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rows;
    }
}
