namespace MlNetNtd.Discriminator.Tests;

/// <summary>A file for the time of a test.</summary>
internal static class TemporaryFile
{
    /// <summary>Makes a file, hands over its path, and deletes it.</summary>
    public static void Use(Action<string> use)
    {
        var path = Path.GetTempFileName();
        try
        {
            use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
