using System.Reflection;
using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Examples;

/// <summary>Which versions of the libraries this program runs on, as their assemblies say it.</summary>
internal static class Packages
{
    /// <summary>One entry a library: its name and its version.</summary>
    public static IEnumerable<(string Name, string Version)> All() =>
    [
        ("MlNetNtd", Version(typeof(NextTokenDiscriminatorEstimator).Assembly)),
        ("Microsoft.ML", Version(typeof(MLContext).Assembly)),
        ("TorchSharp", Version(typeof(torch).Assembly)),
    ];

    // The commit behind a plus sign is of no use to a reader.
    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly.GetName().Version?.ToString()
        ?? "unknown";
}
