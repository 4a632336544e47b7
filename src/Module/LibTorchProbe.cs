using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace MlNetNtd;

/// <summary>What of libtorch is on this machine; where it does not load, why, and what helps.</summary>
internal static partial class LibTorchProbe
{
    /// <summary>Whether native libtorch can be loaded; otherwise how it failed. Never throws.</summary>
    public static bool IsAvailable(out Exception? reason)
    {
        reason = null;
        try
        {
            return torch.TryInitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception e) when (IsMissingLibrary(e))
        {
            reason = e;
            return false;
        }
    }

    /// <summary>The number of CUDA devices; 0 where libtorch, its CUDA build or a driver is missing. Never throws.</summary>
    public static int CudaDevices()
    {
        try
        {
            return torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        }
        catch (Exception e) when (IsMissingLibrary(e))
        {
            return 0;
        }
    }

    /// <summary>For a machine where libtorch does not load: a sentence on what to do about it, without its full stop.</summary>
    public static string GetInstallHint() => GetInstallHint(LoaderMessage());

    /// <summary>The same for what a loader said.</summary>
    public static string GetInstallHint(string loaderMessage)
    {
        var version = MissingLibstdcxxVersion().Match(loaderMessage);
        return version.Success
            ? $"This system's libstdc++ does not have {version.Groups["version"].Value}, which TorchSharp's native library asks for: set "
                + "<OlderLibstdcxx>true</OlderLibstdcxx> in the project file of the application, which then gets a copy that loads here, "
                + "or run it on a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04)"
            : $"Add the package {CpuPackage()} (where there is an NVIDIA driver, one with CUDA such as TorchSharp-cuda-linux) to the application";
    }

    // TorchSharp tells what it tried, not what the loader found wrong.
    private static string LoaderMessage()
    {
        try
        {
            NativeLibrary.Free(NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory));
            return "";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return e.Message;
        }
    }

    private static string CpuPackage()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"libtorch-cpu-{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    // TorchSharp reports a missing library by what its loader met, sometimes inside a type initializer. In an application of a
    // single file that is an ArgumentNullException: the assembly has no folder to look in.
    private static bool IsMissingLibrary(Exception e) =>
        e is DllNotFoundException or NotSupportedException or EntryPointNotFoundException or BadImageFormatException
            or FileNotFoundException or InvalidOperationException or ArgumentNullException
        || (e is TypeInitializationException { InnerException: { } inner } && IsMissingLibrary(inner));

    // As glibc's loader says it: version `GLIBCXX_3.4.32' not found (required by ...libLibTorchSharp.so)
    [GeneratedRegex(@"version .(?<version>GLIBCXX_[0-9.]+). not found \(required by [^)]*LibTorchSharp")]
    private static partial Regex MissingLibstdcxxVersion();
}
