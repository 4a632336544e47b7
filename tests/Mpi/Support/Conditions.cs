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

/// <summary>Runs only where MPICH is installed.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsMpichAttribute : ConditionBaseAttribute
{
    public NeedsMpichAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs MPICH (Debian: mpich)";

    public override string GroupName => "Mpich";

    public override bool IsConditionMet => Mpirun.Mpich is not null;
}
