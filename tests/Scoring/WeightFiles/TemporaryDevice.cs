using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Tests;

/// <summary>
/// A memory device (Linux, major number 1) in a temporary folder: a faulty writer run as root could replace the system's own device.
/// </summary>
internal sealed class TemporaryDevice : IDisposable
{
    private readonly DirectoryInfo? _folder;

    public TemporaryDevice(string name, int minor)
    {
        Path = System.IO.Path.Combine("/dev", name);
        if (!Environment.IsPrivilegedProcess)
            return;
        _folder = Directory.CreateTempSubdirectory("mlnetntd-");
        Path = System.IO.Path.Combine(_folder.FullName, name);
        using var process = Process.Start("mknod", [Path, "c", "1", minor.ToString(CultureInfo.InvariantCulture)]);
        process.WaitForExit();
        try
        {
            using var opened = File.OpenWrite(Path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException)
        {
            Assert.Inconclusive($"No device can be made in {_folder.FullName}: {e.Message}");
        }
    }

    public string Path { get; }

    public void Dispose() => _folder?.Delete(recursive: true);
}
