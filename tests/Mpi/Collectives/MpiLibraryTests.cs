namespace MlNetNtd.Mpi.Tests;

/// <summary>The choice of the MPI library.</summary>
[TestClass]
public sealed class MpiLibraryTests
{
    [TestMethod]
    public void Missing_library_error_names_the_package_to_install()
    {
        var error = Assert.ThrowsExactly<DllNotFoundException>(() => MpiLibrary.Load(name => name == MpiLibrary.Variable ? "libnone.so.1" : null));

        foreach (var word in new[] { "libnone.so.1", "openmpi-bin", "mpich", "libopenmpi3", "libmpich12", "MLNETNTD_MPI" })
            Assert.Contains(word, error.Message);
    }

    [TestMethod]
    [DataRow("OMPI_COMM_WORLD_SIZE=2", false)]
    [DataRow("PMI_RANK=0 PMI_SIZE=2", true)]
    [DataRow("PMIX_RANK=0 PMI_RANK=0", false)]
    [DataRow("OMPI_COMM_WORLD_SIZE=2 PMI_RANK=0", false)]
    [DataRow("", false)]
    public void Library_kind_follows_the_launcher(string environment, bool mpich) =>
        Assert.AreEqual(mpich, LaunchEnvironment.IsMpich(Of(environment)));

    [TestMethod]
    [DataRow("OMPI_COMM_WORLD_SIZE=4 SLURM_STEP_NUM_TASKS=2", "OMPI_COMM_WORLD_SIZE", 4)]
    [DataRow("PMI_SIZE=3 SLURM_STEP_NUM_TASKS=1", "PMI_SIZE", 3)]
    [DataRow("SLURM_STEP_NUM_TASKS=2", "SLURM_STEP_NUM_TASKS", 2)]
    public void Process_count_is_read_from_the_nearest_launcher(string environment, string variable, int count) =>
        Assert.AreEqual((variable, count), LaunchEnvironment.FindCount(Of(environment)));

    [TestMethod]
    public void Process_count_is_unknown_without_a_launcher() => Assert.IsNull(LaunchEnvironment.FindCount(Of("HOME=/")));

    private static Func<string, string?> Of(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('=')).ToDictionary(entry => entry[0], entry => entry[1]);
        return variables.GetValueOrDefault;
    }
}
