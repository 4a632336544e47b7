namespace MlNetNtd.Mpi.Tests;

/// <summary>Which library is taken.</summary>
[TestClass]
public sealed class LibraryTests
{
    [TestMethod]
    public void Without_one_an_error_says_what_to_install()
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
    public void Its_kind_is_that_of_what_started_the_process(string environment, bool mpich) =>
        Assert.AreEqual(mpich, LaunchEnvironment.IsMpich(Of(environment)));

    [TestMethod]
    [DataRow("OMPI_COMM_WORLD_SIZE=4 SLURM_STEP_NUM_TASKS=2", "OMPI_COMM_WORLD_SIZE", 4)]
    [DataRow("PMI_SIZE=3 SLURM_STEP_NUM_TASKS=1", "PMI_SIZE", 3)]
    [DataRow("SLURM_STEP_NUM_TASKS=2", "SLURM_STEP_NUM_TASKS", 2)]
    public void How_many_there_are_is_said_by_the_nearest(string environment, string variable, int count) =>
        Assert.AreEqual((variable, count), LaunchEnvironment.FindCount(Of(environment)));

    [TestMethod]
    public void A_program_that_nothing_started_is_told_no_number() => Assert.IsNull(LaunchEnvironment.FindCount(Of("HOME=/")));

    private static Func<string, string?> Of(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('=')).ToDictionary(entry => entry[0], entry => entry[1]);
        return variables.GetValueOrDefault;
    }
}
