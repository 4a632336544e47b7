using System.Runtime.InteropServices;
using TestRun = MlNetNtd.Tests.TestRun;

namespace MlNetNtd.Mpi.Tests;

/// <summary>Runs only where Open MPI is installed.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsOpenMpiAttribute : ConditionBaseAttribute
{
    public NeedsOpenMpiAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs Open MPI (Debian: openmpi-bin)";

    public override string GroupName => "OpenMpi";

    public override bool IsConditionMet => Mpirun.OpenMpi is not null;
}

/// <summary>Runs only where MPICH is installed; in a full run, or where it is the only MPI.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsMpichAttribute : ConditionBaseAttribute
{
    public NeedsMpichAttribute()
        : base(ConditionMode.Include) => IgnoreMessage =
            Mpirun.Mpich is null ? "needs MPICH (Debian: mpich)" : "the same as under Open MPI: runs with MLNETNTD_TESTS=full";

    public override string GroupName => "Mpich";

    public override bool IsConditionMet => Mpirun.Mpich is not null && (TestRun.IsFull || Mpirun.OpenMpi is null);
}

/// <summary>
/// Runs only where Slurm can be started on this machine alone, with the library through which it starts Open MPI; MPICH needs none.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsSlurmAttribute : ConditionBaseAttribute
{
    private static readonly string[] Programs = ["slurmctld", "slurmd", "munged", "sbatch", "srun"];

    // Daemons are in folders that a user's PATH may lack.
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    public NeedsSlurmAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs Slurm, and to be root (Debian: slurm-wlm, munge, libpmix-dev)";

    public override string GroupName => "Slurm";

    public override bool IsConditionMet =>
        Environment.IsPrivilegedProcess
        && Programs.All(program => Folders.Any(folder => File.Exists(Path.Combine(folder, program))))
        && NativeLibrary.TryLoad("libpmix.so", out _);
}

/// <summary>Runs only where a process can change the host name that it sees.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsHostNamesAttribute : ConditionBaseAttribute
{
    public NeedsHostNamesAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs to be root, and unshare (Debian: util-linux)";

    public override string GroupName => "HostNames";

    public override bool IsConditionMet
    {
        get
        {
            try
            {
                return Mpirun.Start("unshare", ["--uts", "sh", "-c", "hostname elsewhere"], []).Code == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
