using System.Runtime.InteropServices;

namespace MlNetNtd.Tests;

/// <summary>The error where native libtorch does not load names the cause and the remedy.</summary>
[TestClass]
public sealed class LibTorchProbeTests
{
    // What glibc's loader says on Debian 12 of the file as TorchSharp 0.107.0 has it.
    private const string OldSystem = """
        Unable to load shared library 'LibTorchSharp' or one of its dependencies.
        /app/LibTorchSharp.so: cannot open shared object file: No such file or directory
        /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/runtimes/linux-x64/native/libLibTorchSharp.so)
        """;

    [TestMethod]
    public void Older_libstdcxx_is_named_with_its_missing_version_and_the_remedy() => Assert.AreEqual(
        "This system's libstdc++ does not have GLIBCXX_3.4.32, which TorchSharp's native library asks for: set "
        + "<OlderLibstdcxx>true</OlderLibstdcxx> in the project file of the application, which then gets a copy that loads here, "
        + "or run it on a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04)",
        LibTorchProbe.GetInstallHint(OldSystem));

    [TestMethod]
    public void Other_load_failure_names_the_package_for_this_system()
    {
        var advice = LibTorchProbe.GetInstallHint("libtorch_cpu.so: cannot open shared object file: No such file or directory");

        StringAssert.StartsWith(advice, "Add the package libtorch-cpu-");
        StringAssert.Contains(advice, $"-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant());
        StringAssert.Contains(advice, OperatingSystem.IsWindows() ? "-win-" : OperatingSystem.IsMacOS() ? "-osx-" : "-linux-");
    }

    [TestMethod]
    public void Loaded_library_has_no_failure_reason()
    {
        Assert.IsTrue(LibTorchProbe.IsAvailable(out var reason));
        Assert.IsNull(reason);
    }
}
