namespace MlNetNtd.Build;

/// <summary>A file of members, one a line by its documentation id (<c>M:Type.Method(Type)</c>); a line with <c>#</c> is a remark.</summary>
internal static class MemberList
{
    public static IReadOnlyCollection<string> Read(string path) =>
        [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#'))];
}
