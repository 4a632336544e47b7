namespace MlNetNtd.Benchmarks;

/// <summary>Managed memory that rows cost once everything is warm.</summary>
internal static class Allocation
{
    // Every row of the input's pool has been seen, so no buffer grows any more.
    private const int WarmUpRows = 8192;
    private const int Rows = 4096;

    /// <summary>Bytes a row of a stage.</summary>
    public static double PerRow(SequenceView input, Shape shape, EngineKind engine) => Bytes(input, shape, engine, batchSize: null) / (double)Rows;

    /// <summary>
    /// Bytes a block of the Torch engine, and bytes a row beside them: what more a block costs for having more rows. The
    /// former are TorchSharp's own objects, one for each tensor that the module makes, whatever the tensor's size.
    /// </summary>
    public static (double PerBlock, double PerRow) PerBlockAndRow(SequenceView input, Shape shape)
    {
        const int few = 16;
        const int many = 256;
        var ofFew = Bytes(input, shape, EngineKind.Torch, few) / (double)(Rows / few);
        var ofMany = Bytes(input, shape, EngineKind.Torch, many) / (double)(Rows / many);
        return (ofFew, (ofMany - ofFew) / (many - few));
    }

    private static long Bytes(SequenceView input, Shape shape, EngineKind engine, int? batchSize)
    {
        using var drain = new CursorDrain("allocation", Stages.Transform(input, shape, engine, batchSize), new Outputs());
        drain.Run(WarmUpRows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        drain.Run(Rows);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
