using System.Diagnostics;

namespace MlNetNtd.Tests;

/// <summary>Programs of others that read ONNX models, if they are installed.</summary>
internal static class ExternalPrograms
{
    private static readonly Lazy<string?> Python = new(() => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(
        python => TryRun(python, ["-c", "import onnx"]) is { ExitCode: 0 }));

    private static readonly Lazy<string?> NodeModules = new(() =>
        TryRun("npm", ["root", "-g"]) is { ExitCode: 0 } npm && TryRun("node", ["-e", "require('onnxruntime-node')"], npm.Output.Trim()) is { ExitCode: 0 }
            ? npm.Output.Trim()
            : null);

    /// <summary>Whether Python has the package onnx, as Debian's python3-onnx installs it.</summary>
    public static bool HasPythonOnnx => Python.Value is not null;

    /// <summary>Whether Node.js has the package onnxruntime-node.</summary>
    public static bool HasOnnxRuntimeNode => NodeModules.Value is not null;

    /// <summary>Runs a script in Python and returns what it prints.</summary>
    public static string RunPython(string script, params string[] arguments) => Run(Python.Value!, [PathOf(script), .. arguments], null);

    /// <summary>Runs a script in Node.js and returns what it prints.</summary>
    public static string RunNode(string script, params string[] arguments) => Run("node", [PathOf(script), .. arguments], NodeModules.Value);

    private static string PathOf(string script) => Path.Combine(AppContext.BaseDirectory, "Scripts", script);

    private static string Run(string program, string[] arguments, string? nodeModules)
    {
        var ended = TryRun(program, arguments, nodeModules)!;
        Assert.AreEqual(0, ended.ExitCode, ended.Error);
        return ended.Output;
    }

    private static Ended? TryRun(string program, string[] arguments, string? nodeModules = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (nodeModules is not null)
            start.Environment["NODE_PATH"] = nodeModules;
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Ended(process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private sealed record Ended(int ExitCode, string Output, string Error);
}

/// <summary>Runs only where Python's package onnx is installed.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsPythonOnnxAttribute : ConditionBaseAttribute
{
    public NeedsPythonOnnxAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs Python's onnx (Debian: python3-onnx)";

    public override string GroupName => "PythonOnnx";

    public override bool IsConditionMet => ExternalPrograms.HasPythonOnnx;
}

/// <summary>Runs only where npm's onnxruntime-node is installed globally.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsOnnxRuntimeNodeAttribute : ConditionBaseAttribute
{
    public NeedsOnnxRuntimeNodeAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs Node.js with onnxruntime-node (npm install -g onnxruntime-node)";

    public override string GroupName => "OnnxRuntimeNode";

    public override bool IsConditionMet => ExternalPrograms.HasOnnxRuntimeNode;
}
