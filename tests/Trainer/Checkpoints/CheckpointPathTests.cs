using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>A checkpoint in the file system: links, permissions, locks and failing disks.</summary>
[TestClass]
public sealed class CheckpointPathTests
{
    private static readonly KeyValuePair<string, string>[] Facts = [new("seed", "1")];

    [TestMethod]
    public void Link_stays_and_its_target_is_replaced() => TemporaryFolder.Use(folder =>
    {
        var (scratch, link) = (Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "scratch")).FullName, "run"), Path.Combine(folder, "run"));
        Write(scratch, 1);
        File.CreateSymbolicLink(link, scratch);

        Write(link, 2);

        Assert.AreEqual(scratch, new FileInfo(link).LinkTarget);
        Assert.AreEqual(2, Read(scratch));
        Assert.AreEqual(2, Read(link));
        CollectionAssert.AreEqual(new[] { scratch }, Directory.GetFiles(Path.GetDirectoryName(scratch)!));
    });

    /// <summary>A run's folder may be a link to a scratch disk, before anything is in it.</summary>
    [TestMethod]
    public void Target_of_a_dangling_link_is_created() => TemporaryFolder.Use(folder =>
    {
        var (target, link) = (Path.Combine(folder, "target"), Path.Combine(folder, "link"));
        File.CreateSymbolicLink(link, target);

        Write(link, 3);

        Assert.AreEqual(3, Read(target));
        Assert.AreEqual(target, new FileInfo(link).LinkTarget);
    });

    [TestMethod]
    public void File_is_locked_once_under_all_its_names() => TemporaryFolder.Use(folder =>
    {
        var (file, link, inner) = (Path.Combine(folder, "file"), Path.Combine(folder, "link"), Path.Combine(folder, "inner"));
        Write(file, 1);
        File.CreateSymbolicLink(inner, file);
        File.CreateSymbolicLink(link, inner);

        using var one = new TrainingCheckpoint<Loop>(file, Facts);
        Expect.Error<InvalidOperationException>(() => _ = new TrainingCheckpoint<Loop>(link, Facts), link, "belongs to a training that is running");
    });

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Permissions_are_kept() => TemporaryFile.Use(path =>
    {
        Write(path, 1);
        foreach (var rights in new[] { UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(path, rights);
            Write(path, 2);
            Assert.AreEqual(rights, File.GetUnixFileMode(path));
        }
    });

    [TestMethod]
    public void Unwritable_path_is_not_reported_as_a_running_training() => TemporaryFolder.Use(folder =>
    {
        var long1 = Path.Combine(folder, new string('x', 253));
        var error = Expect.Error<InvalidOperationException>(() => _ = new TrainingCheckpoint<Loop>(long1, Facts), "cannot write beside");
        Assert.DoesNotContain("running", error.Message);
        // A folder in the place of the lock, as anything else that is no other training.
        var path = Path.Combine(folder, "checkpoint");
        Directory.CreateDirectory($"{path}.lock");
        error = Expect.Error<InvalidOperationException>(() => _ = new TrainingCheckpoint<Loop>(path, Facts), "cannot write beside");
        Assert.DoesNotContain("running", error.Message);
    });

    [TestMethod]
    public void Failed_write_leaves_no_file() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        using var checkpoint = new TrainingCheckpoint<Loop>(path, Facts);
        Directory.CreateDirectory(path);

        var error = Assert.Throws<Exception>(() => checkpoint.Write(new Loop(1)));

        Assert.IsTrue(error is IOException or UnauthorizedAccessException, $"{error}");
        CollectionAssert.AreEqual(new[] { $"{path}.lock" }, Directory.GetFiles(folder));
    });

    /// <summary>In a folder that others write to, somebody may have put a link there.</summary>
    [TestMethod]
    public void Link_named_like_the_unfinished_file_is_not_followed() => TemporaryFolder.Use(folder =>
    {
        var (path, other) = (Path.Combine(folder, "checkpoint"), Path.Combine(folder, "other"));
        File.WriteAllText(other, "mine");
        File.CreateSymbolicLink(path + CheckpointFile.Unfinished, other);

        Write(path, 4);

        Assert.AreEqual("mine", File.ReadAllText(other));
        Assert.AreEqual(4, Read(path));
    });

    [TestMethod]
    public void Second_training_on_one_path_fails_before_it_reads_a_row() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        var context = new MLContext(seed: 1);
        var read = 0;
        var view = context.Data.LoadFromEnumerable(Samples.Fixed(40).Select(row =>
        {
            read++;
            return row;
        }));
        using var held = new TrainingCheckpoint<Loop>(path, Facts);

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(context, options => options.CheckpointPath = path).Fit(Trainers.Transformed(context, view)), "CheckpointPath", "belongs to a training that is running");

        Assert.AreEqual(0, read);
    });

    private static void Write(string path, int step)
    {
        using var checkpoint = new TrainingCheckpoint<Loop>(path, Facts);
        checkpoint.Write(new Loop(step));
    }

    private static int Read(string path)
    {
        using var checkpoint = new TrainingCheckpoint<Loop>(path, Facts);
        return checkpoint.Read()!.Step;
    }

    private sealed record Loop(int Step);
}
