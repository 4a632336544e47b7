namespace MlNetNtd.Tests;

/// <summary>A folder that is deleted after the test.</summary>
internal static class TemporaryFolder
{
    /// <summary>Makes a folder, passes its path, and deletes it with everything in it.</summary>
    public static void Use(Action<string> use)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetntd-").FullName;
        try
        {
            use(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
