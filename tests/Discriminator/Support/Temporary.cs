namespace MlNetNtd.Discriminator.Tests;

/// <summary>Places for the time of a test.</summary>
internal static class Temporary
{
    /// <summary>Makes a folder, hands over its path, and deletes it with all that is in it.</summary>
    public static void Folder(Action<string> use)
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

    /// <summary>Hands over a path at which nothing is yet.</summary>
    public static void File(Action<string> use) => Folder(folder => use(Path.Combine(folder, "file")));
}
