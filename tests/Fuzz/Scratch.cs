namespace MlNetNtd.Fuzz;

/// <summary>
/// Where inputs lie as files, ML.NET's own too: in memory where the system has a folder for that. A disk, which checkpoints wait
/// for, takes ten times as long as the readers.
/// </summary>
internal static class Scratch
{
    private const string Memory = "/dev/shm";

    /// <summary>The folder.</summary>
    public static string Folder { get; } = Directory.Exists(Memory) ? Memory : Path.GetTempPath();

    /// <summary>A file in it that is not there yet.</summary>
    public static string NewPath() => Path.Combine(Folder, $"MlNetNtd.Fuzz.{Guid.NewGuid():N}");
}
