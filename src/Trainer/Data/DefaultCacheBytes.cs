namespace MlNetNtd;

/// <summary>How much of the memory that the process may use is for the rows of a training, where nobody says it.</summary>
internal static class DefaultCacheBytes
{
    // The other three quarters are for the network's activations, for what the rows are read from, and for all else.
    private const int Quarters = 4;

    /// <summary>In bytes: a quarter of what the runtime says there is for it, of the machine or of the container.</summary>
    public static long Value => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Quarters;
}
