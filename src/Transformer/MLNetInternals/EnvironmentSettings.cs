using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// Reads the GPU settings of an environment. They are public on <c>MLContext</c> and internal on <see cref="IHostEnvironment"/>,
/// which is all that a transform receives.
/// </summary>
internal static class EnvironmentSettings
{
    /// <summary>Gets the index of the requested GPU; null for none.</summary>
    public static int? GpuDeviceId(this IHostEnvironment env) => (env as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Gets whether to run on the CPU if that GPU is not available.</summary>
    public static bool FallbackToCpu(this IHostEnvironment env) => (env as IHostEnvironmentInternal)?.FallbackToCpu ?? true;
}
