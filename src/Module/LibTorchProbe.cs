using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace MlNetNtd;

/// <summary>Tests whether native libtorch loads on this machine, and explains how to install it where it does not.</summary>
/// <remarks>A service can call it when it starts, instead of finding out at its first prediction.</remarks>
public static partial class LibTorchProbe
{
    private static readonly Assembly TorchSharpAssembly = typeof(torch).Assembly;

    /// <summary>Tests whether native libtorch can be loaded. Never throws.</summary>
    /// <param name="reason">The exception that loading failed with; null when libtorch is available.</param>
    /// <returns>Whether libtorch is loaded.</returns>
    public static bool IsAvailable(out Exception? reason) => TryInitialize(DeviceType.CPU, out reason);

    /// <summary>Counts the CUDA devices: 0 if libtorch, its CUDA build or a driver is missing. Never throws.</summary>
    public static int CudaDevices() => TryInitialize(DeviceType.CUDA, out _) ? torch.cuda.device_count() : 0;

    /// <summary>Gets the name of a type whose objects hold tensors, for the call of its base constructor.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidOperationException">libtorch cannot be loaded. The message says how to install it.</exception>
    internal static string NameOnceLoaded(string name) => IsAvailable(out var reason)
        ? name
        : throw new InvalidOperationException($"{name} needs native libtorch, which could not be loaded. {GetInstallHint()}.", reason);

    /// <summary>Gets a sentence, without its full stop, that says how to make libtorch load on this machine.</summary>
    public static string GetInstallHint() => GetInstallHint(FindLoadError()?.Message ?? "");

    /// <summary>Gets the sentence for the given message of the system's library loader.</summary>
    /// <param name="loaderMessage">The loader's message; empty when the loader has no complaint.</param>
    internal static string GetInstallHint(string loaderMessage)
    {
        var version = MissingLibstdcxxVersion().Match(loaderMessage);
        return version.Success
            ? $"This system's libstdc++ does not have {version.Groups["version"].Value}, which TorchSharp's native library asks for: set "
                + "<OlderLibstdcxx>true</OlderLibstdcxx> in the project file of the application, which then gets a copy that loads here, "
                + "or run it on a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04)"
            : $"Add the package {CpuPackage()} (where there is an NVIDIA driver, one with CUDA such as TorchSharp-cuda-linux) to the application";
    }

    private static bool TryInitialize(DeviceType device, out Exception? reason)
    {
        reason = IsInPackageFolder() ? null : FindLoadError();
        if (reason is not null)
            return false;
        try
        {
            return torch.TryInitializeDeviceType(device);
        }
        catch (Exception e) when (IsMissingLibrary(e))
        {
            reason = e;
            return false;
        }
    }

    // Loads what TorchSharp loads first, by the same calls. Where they fail, TorchSharp would print to standard output, look for libtorch
    // in the package cache of the machine, and copy its 480 MB beside the application, which has not asked for it.
    private static Exception? FindLoadError()
    {
        _ = NativeLibrary.TryLoad("torch_cpu", TorchSharpAssembly, null, out _);
        try
        {
            NativeLibrary.Load("LibTorchSharp", TorchSharpAssembly, null);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return e;
        }
    }

    // In a notebook or a script TorchSharp runs from its package, and brings libtorch's package together with it.
    private static bool IsInPackageFolder() =>
        Path.GetDirectoryName(TorchSharpAssembly.Location) is { } folder
        && Path.GetDirectoryName(folder) is { } lib && Path.GetFileName(lib) == "lib"
        && Path.GetDirectoryName(lib) is { } version
        && string.Equals(Path.GetFileName(Path.GetDirectoryName(version)), "torchsharp", StringComparison.OrdinalIgnoreCase);

    private static string CpuPackage()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"libtorch-cpu-{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    // TorchSharp reports a missing library as whatever exception its loader got, sometimes inside a type initializer. A single-file
    // application gets an ArgumentNullException, because the assembly has no folder to look in.
    private static bool IsMissingLibrary(Exception e) =>
        e is DllNotFoundException or NotSupportedException or EntryPointNotFoundException or BadImageFormatException
            or FileNotFoundException or InvalidOperationException or ArgumentNullException
        || (e is TypeInitializationException { InnerException: { } inner } && IsMissingLibrary(inner));

    // glibc's text: version `GLIBCXX_3.4.32' not found (required by ...libLibTorchSharp.so)
    [GeneratedRegex(@"version .(?<version>GLIBCXX_[0-9.]+). not found \(required by [^)]*LibTorchSharp")]
    private static partial Regex MissingLibstdcxxVersion();
}
