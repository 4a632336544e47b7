using FsCheck.Fluent;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>The share of the files that a process takes.</summary>
[TestClass]
public sealed class ShardTests
{
    [TestMethod]
    public void Shards_together_take_each_file_once() => Property.Check(
        from files in Gen.Choose(0, 40)
        from count in Gen.Choose(1, 12)
        select (files, count),
        drawn =>
        {
            var files = Enumerable.Range(0, drawn.files).ToList();
            var taken = Enumerable.Range(1, drawn.count).Select(index => Shard.Find($"{index}/{drawn.count}", null, _ => null).Take(files)).ToList();
            CollectionAssert.AreEqual(files, taken.SelectMany(share => share).Order().ToList());
            Assert.IsLessThanOrEqualTo(1, taken.Max(share => share.Count) - taken.Min(share => share.Count));
        });

    [TestMethod]
    [DataRow("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")]
    [DataRow("PMI_RANK", "PMI_SIZE")]
    [DataRow("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")]
    public void Launcher_tells_the_shard(string rank, string size) =>
        Assert.AreEqual(new Shard(3, 16, rank), Find("auto", null, (rank, "2"), (size, "16")));

    [TestMethod]
    public void Batch_script_of_slurm_is_one_process_and_takes_all() =>
        Assert.AreEqual(Shard.All, Find("auto", null, ("SLURM_PROCID", "0"), ("SLURM_NTASKS", "4")));

    [TestMethod]
    public void Indexed_job_tells_the_index_and_the_command_line_the_count() =>
        Assert.AreEqual(new Shard(6, 8, "JOB_COMPLETION_INDEX"), Find("auto", 8, ("JOB_COMPLETION_INDEX", "5")));

    [TestMethod]
    public void Indexed_job_without_a_count_is_an_error() => AssertFails(
        "JOB_COMPLETION_INDEX is set: expected --shard-count, the number of completions, or --shard none, found neither.", null, ("JOB_COMPLETION_INDEX", "5"));

    [TestMethod]
    public void Index_beyond_the_count_is_an_error() => AssertFails(
        "Expected JOB_COMPLETION_INDEX from 0 to below --shard-count, found 5 and 5.", 5, ("JOB_COMPLETION_INDEX", "5"));

    [TestMethod]
    public void Count_other_than_the_launcher_s_is_an_error() => AssertFails(
        "--shard-count: expected 4, as PMI_SIZE says, found 5.", 5, ("PMI_RANK", "0"), ("PMI_SIZE", "4"));

    [TestMethod]
    public void Count_without_an_index_is_an_error() => AssertFails(
        "--shard-count: expected an environment that tells this process's index (JOB_COMPLETION_INDEX), or --shard INDEX/5, found neither.", 5);

    [TestMethod]
    public void Command_line_comes_before_the_launcher()
    {
        Assert.AreEqual(new Shard(1, 2, null), Find("1/2", null, ("PMI_RANK", "3"), ("PMI_SIZE", "4")));
        Assert.AreEqual(Shard.All, Find("none", null, ("PMI_RANK", "3"), ("PMI_SIZE", "4")));
    }

    private static void AssertFails(string message, int? count, params (string Name, string Value)[] environment) =>
        Assert.AreEqual(message, Assert.ThrowsExactly<ToolException>(() => Find("auto", count, environment)).Message);

    private static Shard Find(string text, int? count, params (string Name, string Value)[] environment)
    {
        var values = environment.ToDictionary(entry => entry.Name, entry => entry.Value);
        return Shard.Find(text, count, name => values.GetValueOrDefault(name));
    }
}
