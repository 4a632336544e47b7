using System.Globalization;

namespace MlNetNtd;

/// <summary>The number of threads of one call if the caller does not choose it.</summary>
internal static class ThreadLimit
{
    private const string Variable = "OMP_NUM_THREADS";

    /// <summary>
    /// Gets the number of processors, or that of the environment variable OMP_NUM_THREADS if it is less: users set it to leave processors to
    /// others, and libtorch follows it too.
    /// </summary>
    public static int Get() =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? Math.Min(limit, Environment.ProcessorCount)
            : Environment.ProcessorCount;
}
