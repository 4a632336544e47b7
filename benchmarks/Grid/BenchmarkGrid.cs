using BenchmarkDotNet.Running;

namespace MlNetNtd.Benchmarks;

/// <summary>The command <c>grid</c>: the benchmark classes, run by BenchmarkDotNet.</summary>
internal static class BenchmarkGrid
{
    /// <summary>Runs what BenchmarkDotNet's arguments ask for.</summary>
    public static void Run(string[] args) => BenchmarkSwitcher.FromTypes([.. ThatRunHere()]).Run(args, new BenchmarkSettings());

    private static IEnumerable<Type> ThatRunHere()
    {
        if (!Machine.HasCuda())
            Console.WriteLine($"{nameof(CudaBenchmarks)} is left out: there is no CUDA device here.");

        return typeof(BenchmarkGrid).Assembly.GetTypes().Where(type =>
            type.IsPublic && type.Name.EndsWith("Benchmarks", StringComparison.Ordinal)
            && (type != typeof(CudaBenchmarks) || Machine.HasCuda()));
    }
}
