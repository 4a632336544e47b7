using System.IO.Compression;

namespace MlNetNtd.Tests;

/// <summary>Zips as bytes, with changed entries whose sizes and checksums are correct.</summary>
internal static class Zips
{
    /// <summary>An entry's bytes.</summary>
    public static byte[] Entry(byte[] zip, string name)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return Bytes(archive.GetEntry(name)!);
    }

    /// <summary>The names of all entries.</summary>
    public static List<string> Names(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>The zip with other bytes in an entry, which is put behind the others where there is none.</summary>
    public static byte[] With(byte[] zip, string name, byte[] bytes) => Write(
        [.. Read(zip).Where(entry => entry.Name != name), (name, bytes)]);

    /// <summary>The zip without an entry.</summary>
    public static byte[] Without(byte[] zip, string name) => Write(Read(zip).Where(entry => entry.Name != name));

    /// <summary>The zip's entries.</summary>
    public static List<(string Name, byte[] Bytes)> Read(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return [.. archive.Entries.Select(entry => (entry.FullName, Bytes(entry)))];
    }

    /// <summary>A zip of these entries.</summary>
    public static byte[] Write(IEnumerable<(string Name, byte[] Bytes)> entries, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var content = archive.CreateEntry(name, level).Open();
                content.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}
