namespace MlNetNtd;

/// <summary>Finds out from the environment variables how this process was launched.</summary>
internal static class LaunchEnvironment
{
    // The variables that hold the number of processes. A scheduler may have started mpirun, so mpirun's come first.
    private static readonly string[] CountVariables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"];

    /// <summary>Gets whether to try MPICH's library before Open MPI's.</summary>
    public static bool IsMpich(Func<string, string?> environment) =>
        environment("OMPI_COMM_WORLD_SIZE") is null && environment("PMIX_RANK") is null && environment("PMI_RANK") is not null;

    /// <summary>Finds the number of processes and the variable that holds it; null if none does.</summary>
    public static (string Variable, int Count)? FindCount(Func<string, string?> environment)
    {
        foreach (var variable in CountVariables)
        {
            if (int.TryParse(environment(variable), out var count))
                return (variable, count);
        }

        return null;
    }
}
