namespace MlNetNtd.Tests;

/// <summary>Weights are written beside their place and put there whole.</summary>
[TestClass]
public sealed class WholeFileTests
{
    [TestMethod]
    public void What_was_there_stays_where_the_writing_fails_and_nothing_is_left_beside_it()
    {
        var folder = Directory.CreateTempSubdirectory("mlnetntd-");
        var path = Path.Combine(folder.FullName, "weights");
        File.WriteAllBytes(path, [1, 2, 3]);

        Assert.ThrowsExactly<IOException>(() => WholeFile.Write(path, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("The disk is full.");
        }));

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
        Assert.HasCount(1, folder.GetFiles());
        folder.Delete(recursive: true);
    }

    [TestMethod]
    public void A_new_file_that_cannot_be_written_is_not_there()
    {
        using var file = new TemporaryFile();

        Assert.ThrowsExactly<IOException>(() => WholeFile.Write(file.Path, _ => throw new IOException()));

        Assert.IsFalse(File.Exists(file.Path));
    }

    [TestMethod]
    public void A_link_stays_a_link()
    {
        using var file = new TemporaryFile();
        using var link = new TemporaryFile();
        File.WriteAllBytes(file.Path, [1]);
        File.CreateSymbolicLink(link.Path, file.Path);

        InitialEmbeddingFile.SaveSafetensors(link.Path, [1, 2]);

        Assert.AreEqual(file.Path, new FileInfo(link.Path).LinkTarget);
        CollectionAssert.AreEqual(new float[] { 1, 2 }, InitialEmbeddingFile.LoadSafetensors(file.Path).ToArray());
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_full_disk_is_an_error_and_a_device_stays_one()
    {
        Assert.ThrowsExactly<IOException>(() => InitialEmbeddingFile.SaveSafetensors("/dev/full", [1, 2]));
        Assert.ThrowsExactly<IOException>(() => InitialEmbeddingFile.SaveTorchSharp("/dev/full", [1, 2]));
        InitialEmbeddingFile.SaveSafetensors("/dev/null", [1, 2]);

        Assert.AreEqual(0, new FileInfo("/dev/full").Length);
        Assert.AreEqual(0, new FileInfo("/dev/null").Length);
    }
}
