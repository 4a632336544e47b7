namespace MlNetNtd.Benchmarks;

/// <summary>The benchmark classes.</summary>
internal static class BenchmarkTypes
{
    /// <summary>Those that can run on this machine; says which cannot.</summary>
    public static IEnumerable<Type> ThatRunHere()
    {
        if (!Machine.HasCuda())
            Console.WriteLine($"{nameof(CudaBenchmarks)} is left out: there is no CUDA device here.");

        return typeof(BenchmarkTypes).Assembly.GetTypes().Where(type =>
            type.IsPublic && type.Name.EndsWith("Benchmarks", StringComparison.Ordinal)
            && (type != typeof(CudaBenchmarks) || Machine.HasCuda()));
    }
}
