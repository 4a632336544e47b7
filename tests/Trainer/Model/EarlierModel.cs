namespace MlNetNtd.Tests;

/// <summary>Models in Data/, saved by the first version: zips, written down as text.</summary>
internal static class EarlierModel
{
    /// <summary>The zip.</summary>
    public static MemoryStream Open(string name) =>
        new(Convert.FromBase64String(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Model", "Fixtures", $"{name}.zip.base64"))));
}
