namespace MlNetNtd.Tests;

/// <summary>Files are written whole or not at all.</summary>
[TestClass]
public sealed class AtomicFileTests
{
    [TestMethod]
    public void Failed_write_keeps_the_previous_file_and_leaves_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("mlnetntd-");
        var path = Path.Combine(folder.FullName, "weights");
        File.WriteAllBytes(path, [1, 2, 3]);

        Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("The disk is full.");
        }));

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
        Assert.HasCount(1, folder.GetFiles());
        folder.Delete(recursive: true);
    }

    [TestMethod]
    public void Failed_write_of_a_new_file_leaves_none()
    {
        using var file = new TemporaryFile();

        Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(file.Path, _ => throw new IOException()));

        Assert.IsFalse(File.Exists(file.Path));
    }

    [TestMethod]
    public void Link_stays_a_link()
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
    public void Link_to_a_link_stays_a_link()
    {
        using var file = new TemporaryFile();
        using var inner = new TemporaryFile();
        using var outer = new TemporaryFile();
        File.WriteAllBytes(file.Path, [1]);
        File.CreateSymbolicLink(inner.Path, file.Path);
        File.CreateSymbolicLink(outer.Path, inner.Path);

        AtomicFile.Write(outer.Path, stream => stream.WriteByte(2));

        CollectionAssert.AreEqual(new byte[] { 2 }, File.ReadAllBytes(file.Path));
        Assert.AreEqual(inner.Path, new FileInfo(outer.Path).LinkTarget);
        Assert.AreEqual(file.Path, new FileInfo(inner.Path).LinkTarget);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Permissions_are_kept()
    {
        using var file = new TemporaryFile();
        InitialEmbeddingFile.SaveSafetensors(file.Path, [1]);
        foreach (var rights in new[] { UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(file.Path, rights);

            AtomicFile.Write(file.Path, stream =>
            {
                Assert.AreEqual(rights, File.GetUnixFileMode(((FileStream)stream).Name), "From the first byte on.");
                stream.WriteByte(2);
            });

            Assert.AreEqual(rights, File.GetUnixFileMode(file.Path));
        }
    }

    [TestMethod]
    public void Empty_file_is_replaced_in_place()
    {
        using var file = new TemporaryFile();
        File.WriteAllBytes(file.Path, []);

        AtomicFile.Write(file.Path, stream =>
        {
            Assert.AreEqual(file.Path, ((FileStream)stream).Name);
            stream.WriteByte(2);
        });

        CollectionAssert.AreEqual(new byte[] { 2 }, File.ReadAllBytes(file.Path));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Full_disk_is_an_error_and_a_device_stays_a_device()
    {
        using var full = new TemporaryDevice("full", minor: 7);
        using var none = new TemporaryDevice("null", minor: 3);

        Assert.ThrowsExactly<IOException>(() => InitialEmbeddingFile.SaveSafetensors(full.Path, [1, 2]));
        Assert.ThrowsExactly<IOException>(() => InitialEmbeddingFile.SaveTorchSharp(full.Path, [1, 2]));
        InitialEmbeddingFile.SaveSafetensors(none.Path, [1, 2]);

        Assert.AreEqual(0, new FileInfo(full.Path).Length);
        Assert.AreEqual(0, new FileInfo(none.Path).Length);
    }
}
