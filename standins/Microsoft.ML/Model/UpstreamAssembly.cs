using System.Reflection;

namespace Microsoft.ML;

/// <summary>
/// Model files name the assembly that loads each component. This one stands in for the real
/// library's, so it writes their names, and answers to them, that files may go both ways.
/// </summary>
internal static class UpstreamAssembly
{
    public const string DataAssemblyName =
        "Microsoft.ML.Data, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51";

    public static Assembly Load(string fullName)
    {
        string simpleName = fullName.Split(',')[0];
        return simpleName.StartsWith("Microsoft.ML.", StringComparison.Ordinal)
            ? typeof(UpstreamAssembly).Assembly
            : Assembly.Load(fullName);
    }
}
