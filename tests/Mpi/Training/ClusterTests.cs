namespace MlNetNtd.Mpi.Tests;

/// <summary>The arguments of examples/Cluster, which it reads before it initializes MPI.</summary>
[TestClass]
public sealed class ClusterTests
{
    [TestMethod]
    public void Help_is_printed_and_nothing_is_trained() => Mpirun.InFolder(folder =>
    {
        var ended = Run(folder, "--help");

        Assert.AreEqual(0, ended.Code, ended.Said);
        Assert.Contains("[<MODEL> [<EPOCHS>]] [options]", ended.Output);
        Assert.HasCount(2, ended.Output.Split("model.zip"), "the default, once");
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder));
    });

    [TestMethod]
    [DataRow("EPOCHS takes a whole number from 1 to 1000, not 'many'", "model.zip", "many")]
    [DataRow("EPOCHS takes a whole number from 1 to 1000, not '0'", "model.zip", "0")]
    [DataRow("'--epochs'", "--epochs", "3")]
    [DataRow("'-x'", "-x")]
    [DataRow("MODEL", "")]
    [DataRow("'more'", "model.zip", "1", "more")]
    public void Bad_arguments_get_one_sentence_and_exit_code_1(string complaint, params string[] arguments) => Mpirun.InFolder(folder =>
    {
        var ended = Run(folder, arguments);

        Assert.AreEqual(1, ended.Code, ended.Said);
        Assert.HasCount(1, ended.Errors.Trim().Split('\n'));
        Assert.Contains(complaint, ended.Errors);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder));
    });

    private static Mpirun.Ended Run(string folder, params string[] arguments) =>
        Mpirun.Start("sh", ["-c", "cd \"$0\" && exec \"$@\"", folder, Mpirun.Dotnet, Mpirun.Built("Cluster"), .. arguments], [(MpiLibrary.Variable, "libnone.so")]);
}
