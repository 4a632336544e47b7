using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>What <c>MLContext</c> says in public and its environment, which is all a stage is given, only inside.</summary>
internal static class EnvironmentSettings
{
    /// <summary>The GPU that the user asked for; null: none.</summary>
    public static int? GpuDeviceId(this IHostEnvironment env) => (env as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Whether to run on the CPU where that GPU is missing.</summary>
    public static bool FallbackToCpu(this IHostEnvironment env) => (env as IHostEnvironmentInternal)?.FallbackToCpu ?? true;
}
