using System.Diagnostics;

namespace MlNetNtd.Tool.Tests;

/// <summary>Runs only where a command succeeds; otherwise the test is skipped by name.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
internal abstract class NeedsCommandAttribute : ConditionBaseAttribute
{
    private readonly Lazy<bool> _isMet;

    protected NeedsCommandAttribute(string name, string package, Func<bool> test)
        : base(ConditionMode.Include)
    {
        (GroupName, IgnoreMessage) = (name, $"needs {name} ({package})");
        _isMet = new Lazy<bool>(test);
    }

    public override string GroupName { get; }

    public override bool IsConditionMet => _isMet.Value;
}

/// <summary>Runs only where npm's apache-arrow is installed.</summary>
internal sealed class NeedsApacheArrowAttribute() : NeedsCommandAttribute(
    "npm's apache-arrow", "npm install -g apache-arrow", () => OtherProgram.Succeeds("node", "-e", "require('apache-arrow')"));

/// <summary>Runs only where DuckDB of npm is installed.</summary>
internal sealed class NeedsDuckDbAttribute() : NeedsCommandAttribute(
    "npm's @duckdb/node-api", "npm install -g @duckdb/node-api", () => OtherProgram.Succeeds("node", "-e", "require('@duckdb/node-api')"));

/// <summary>Runs only where GNU parallel is installed.</summary>
internal sealed class NeedsParallelAttribute() : NeedsCommandAttribute(
    "GNU parallel", "Debian: parallel", () => OtherProgram.Run([], "parallel", "--version").Out.StartsWith("GNU parallel", StringComparison.Ordinal));

/// <summary>Runs only where Dask is installed.</summary>
internal sealed class NeedsDaskAttribute() : NeedsCommandAttribute("Dask", "Debian: python3-distributed", () => OtherProgram.PythonWithDask is not null);

/// <summary>Runs only where Open MPI is installed.</summary>
internal sealed class NeedsOpenMpiAttribute() : NeedsCommandAttribute("Open MPI", "Debian: openmpi-bin", () => OtherProgram.Succeeds("mpirun.openmpi", "--version"));

/// <summary>Runs only where the library is installed through which Slurm starts Open MPI.</summary>
internal sealed class NeedsPmixAttribute() : NeedsCommandAttribute(
    "PMIx", "Debian: libpmix-dev", () => System.Runtime.InteropServices.NativeLibrary.TryLoad("libpmix.so", out _));

/// <summary>Runs only where a Slurm of this machine alone can be started.</summary>
internal sealed class NeedsSlurmAttribute() : NeedsCommandAttribute("Slurm, and to be root", "Debian: slurm-wlm, munge", () => Environment.IsPrivilegedProcess
    && OtherProgram.Succeeds("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; for program in slurmctld slurmd munged sbatch srun; do command -v $program || exit 1; done"));

/// <summary>Programs that are not ours.</summary>
internal static class OtherProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly Lazy<string?> Python = new(() =>
        ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(python => Succeeds(python, "-c", "import distributed")));

    // Where npm installs for everybody, which node does not look at by itself.
    private static readonly Lazy<string> NodeModules = new(() => Start([], new ProcessStartInfo("npm", ["root", "-g"])).Out.Trim());

    /// <summary>Gets the Python that has Dask; null if none has.</summary>
    public static string? PythonWithDask => Python.Value;

    /// <summary>Returns whether a program exists and ends with 0.</summary>
    public static bool Succeeds(string program, params string[] arguments) => Run([], program, arguments).ExitCode == 0;

    /// <summary>Runs a program; exit code -1: there is none.</summary>
    public static ToolRun Run(byte[] input, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        if (program == "node")
            start.Environment["NODE_PATH"] = NodeModules.Value;
        return Start(input, start);
    }

    /// <summary>Runs a program; exit code -1: there is none.</summary>
    public static ToolRun Start(byte[] input, ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        try
        {
            return ToolRun.Finish(Process.Start(start)!, input, Limit);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new ToolRun(-1, "", [], "");
        }
    }

    /// <summary>Gets the path of a file that lies beside the tests.</summary>
    public static string PathOf(params string[] names) => Path.Combine([AppContext.BaseDirectory, .. names]);
}
