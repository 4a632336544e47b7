using System.Reflection;
using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Examples;

/// <summary>Which builds of the libraries this program runs on, as their assemblies say it.</summary>
internal static class Packages
{
    private const string StandInPrefix = "MlNetNtd.StandIns.";

    /// <summary>Whether any of them is a stand-in (standins/ in the repository).</summary>
    public static bool HaveStandIns => IsStandIn(typeof(MLContext).Assembly) || IsStandIn(typeof(torch).Assembly);

    /// <summary>One entry a library: its name, its version, and whether it is the real one.</summary>
    public static IEnumerable<(string Name, string Version, string Origin)> All() =>
    [
        Describe("MlNetNtd", typeof(NextTokenDiscriminatorEstimator).Assembly, "this repository"),
        Describe("Microsoft.ML", typeof(MLContext).Assembly, "real package"),
        Describe("TorchSharp", typeof(torch).Assembly, "real package"),
    ];

    private static (string Name, string Version, string Origin) Describe(string name, Assembly assembly, string origin) =>
        (name, Version(assembly), IsStandIn(assembly) ? $"stand-in, assembly {assembly.GetName().Name}" : origin);

    private static bool IsStandIn(Assembly assembly) =>
        assembly.GetName().Name is { } name && name.StartsWith(StandInPrefix, StringComparison.Ordinal);

    // The commit behind a plus sign is of no use to a reader.
    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly.GetName().Version?.ToString()
        ?? "unknown";
}
