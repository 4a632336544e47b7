using System.Reflection;
using TorchSharp;

namespace MlNetNtd;

/// <summary>The versions of the libraries that compute. Another version may compute other results from the same rows.</summary>
internal static class LibraryVersion
{
    /// <summary>Gets the version of this library.</summary>
    public static string Own { get; } = GetVersion(typeof(LibraryVersion));

    /// <summary>Gets the version of TorchSharp, which determines the version of libtorch.</summary>
    public static string TorchSharp { get; } = GetVersion(typeof(torch));

    /// <summary>Gets both versions as a phrase for messages.</summary>
    public static string Both => $"MlNetNtd {Own} with TorchSharp {TorchSharp}";

    private static string GetVersion(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? $"{type.Assembly.GetName().Version}";
}
