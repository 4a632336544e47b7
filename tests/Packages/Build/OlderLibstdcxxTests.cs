using System.Text;
using MlNetNtd.Build;

namespace MlNetNtd.Packages.Tests;

/// <summary>The patch that build/OlderLibstdcxx applies to TorchSharp's native library.</summary>
[TestClass]
public sealed class OlderLibstdcxxTests
{
    private static readonly string Library =
        Path.Combine(BuildFacts.TorchSharpPackage, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    [TestMethod]
    public void Patch_sets_one_flag_of_one_requirement()
    {
        var before = File.ReadAllBytes(Library);
        var after = before.ToArray();

        Assert.IsTrue(WeakVersionPatcher.MakeOptional(after));

        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToArray();
        Assert.HasCount(1, changed);
        Assert.AreEqual((byte)0, before[changed[0]]);
        Assert.AreEqual((byte)2, after[changed[0]]);
    }

    [TestMethod]
    public void Second_patch_changes_nothing()
    {
        var once = File.ReadAllBytes(Library);
        WeakVersionPatcher.MakeOptional(once);
        var twice = once.ToArray();

        Assert.IsTrue(WeakVersionPatcher.MakeOptional(twice));

        CollectionAssert.AreEqual(once, twice);
    }

    [TestMethod]
    public void Library_without_the_version_is_unchanged()
    {
        var library = Renamed(WeakVersionPatcher.Version, "GLIBCXX_3.4.30");
        var before = library.ToArray();

        Assert.IsFalse(WeakVersionPatcher.MakeOptional(library));

        CollectionAssert.AreEqual(before, library);
    }

    // A later TorchSharp may come to use what GCC 13 brought.
    [TestMethod]
    public void Library_that_uses_the_version_is_refused_by_symbol_name()
    {
        var library = Renamed(WeakVersionPatcher.Symbol, "_ZSt21ios_base_library_used");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => WeakVersionPatcher.MakeOptional(library));

        Assert.AreEqual("it uses '_ZSt21ios_base_library_used' of GLIBCXX_3.4.32: it does not run on an older libstdc++.", error.Message);
    }

    [TestMethod]
    public void File_of_another_format_is_refused()
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => WeakVersionPatcher.MakeOptional([.. "MZ no library of Linux"u8]));

        Assert.AreEqual("it is no ELF file of 64 bits, little-endian.", error.Message);
    }

    private static byte[] Renamed(string name, string other)
    {
        Assert.IsTrue(other.Length <= name.Length);
        var library = File.ReadAllBytes(Library);
        var place = library.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\0{name}\0")) + 1;
        library.AsSpan(place, name.Length).Clear();
        Encoding.UTF8.GetBytes(other, library.AsSpan(place));
        return library;
    }
}
