namespace MlNetNtd.Build;

/// <summary>
/// Reads a list of members: a documentation id per line (<c>M:Type.Method(Type)</c>). A line that begins with <c>#</c> is a comment.
/// </summary>
internal static class MemberList
{
    public static IReadOnlyCollection<string> Read(string path) =>
        [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#'))];
}
