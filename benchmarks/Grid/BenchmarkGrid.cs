using BenchmarkDotNet.Running;

namespace MlNetNtd.Benchmarks;

/// <summary>The command <c>grid</c>: runs the benchmark classes with BenchmarkDotNet.</summary>
internal static class BenchmarkGrid
{
    /// <summary>Runs the benchmarks that BenchmarkDotNet's arguments select.</summary>
    public static void Run(string[] args) => BenchmarkSwitcher.FromTypes([.. FindSupported()]).Run(args, new BenchmarkSettings());

    private static IEnumerable<Type> FindSupported()
    {
        if (!Machine.HasCuda())
            Console.WriteLine($"{nameof(CudaBenchmarks)} is left out: there is no CUDA device here.");

        return typeof(BenchmarkGrid).Assembly.GetTypes().Where(type =>
            type.IsPublic && type.Name.EndsWith("Benchmarks", StringComparison.Ordinal)
            && (type != typeof(CudaBenchmarks) || Machine.HasCuda()));
    }
}
