using System.Reflection;
using TorchSharp;

namespace MlNetNtd;

/// <summary>What computes: another version may come to other numbers from the same rows.</summary>
internal static class LibraryVersion
{
    /// <summary>This library's.</summary>
    public static string Own { get; } = GetVersion(typeof(LibraryVersion));

    /// <summary>TorchSharp's, which goes with one of libtorch.</summary>
    public static string TorchSharp { get; } = GetVersion(typeof(torch));

    /// <summary>The two, for people.</summary>
    public static string Both => $"MlNetNtd {Own} with TorchSharp {TorchSharp}";

    private static string GetVersion(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? $"{type.Assembly.GetName().Version}";
}
