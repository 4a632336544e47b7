namespace MlNetNtd;

/// <summary>What started this process, as far as its environment tells.</summary>
internal static class LaunchEnvironment
{
    // By whom the number of processes is told, the nearest first: a scheduler may have started the one that started this.
    private static readonly string[] Counts = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"];

    /// <summary>Whether MPICH's library should be tried before Open MPI's.</summary>
    public static bool IsMpich(Func<string, string?> environment) =>
        environment("OMPI_COMM_WORLD_SIZE") is null && environment("PMIX_RANK") is null && environment("PMI_RANK") is not null;

    /// <summary>How many processes were started, and who says so; null: nobody does.</summary>
    public static (string Variable, int Count)? FindCount(Func<string, string?> environment)
    {
        foreach (var variable in Counts)
        {
            if (int.TryParse(environment(variable), out var count))
                return (variable, count);
        }

        return null;
    }
}
