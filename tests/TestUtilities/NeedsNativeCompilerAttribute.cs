using System.Runtime.InteropServices;

namespace MlNetNtd.Tests;

/// <summary>Runs only where .NET compiles programs to native code: on x64 or Arm64, where a linker is installed.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsNativeCompilerAttribute : ConditionBaseAttribute
{
    private static readonly string[] Linkers = ["clang", "gcc"];

    public NeedsNativeCompilerAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs clang or gcc (Windows: the C++ tools of Visual Studio) on x64 or Arm64";

    public override string GroupName => "NativeCompiler";

    public override bool IsConditionMet =>
        RuntimeInformation.OSArchitecture is Architecture.X64 or Architecture.Arm64
        && (OperatingSystem.IsWindows() ? HasVisualStudio : (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) && Linkers.Any(IsOnPath));

    // .NET finds the linker of Visual Studio by this program.
    private static bool HasVisualStudio => File.Exists(Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), "Microsoft Visual Studio", "Installer", "vswhere.exe"));

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
