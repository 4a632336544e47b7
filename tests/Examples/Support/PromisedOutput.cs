namespace MlNetNtd.Examples.Tests;

/// <summary>The output that the comment at the end of a program promises.</summary>
internal static class PromisedOutput
{
    private const string Heading = "// Output:";

    /// <summary>Reads its lines.</summary>
    /// <param name="path">The source file.</param>
    public static string[] Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var heading = Array.LastIndexOf(lines, Heading);
        Assert.IsGreaterThan(0, heading, $"{path} has no comment '{Heading}'.");
        Assert.IsLessThan(lines.Length - 1, heading, $"{path} promises no output.");
        return [.. lines[(heading + 1)..].Select(line => line["// ".Length..])];
    }
}
