namespace MlNetNtd;

/// <summary>
/// Converts an option's "none" value to null. A JSON serializer may omit nulls, and the default would replace them, so every
/// option that can be "none" has a value that survives serialization: an empty name, 0 or no values. Null means the same.
/// </summary>
internal static class UnsetValue
{
    /// <summary>Returns a name; null if it is empty.</summary>
    public static string? ToNull(string? name) => name is "" ? null : name;

    /// <summary>Returns a number; null if it is 0.</summary>
    public static int? ToNull(int? number) => number is 0 ? null : number;

    /// <summary>Returns a number; null if it is 0.</summary>
    public static long? ToNull(long? number) => number is 0 ? null : number;

    /// <summary>Returns a number; null if it is 0.</summary>
    public static double? ToNull(double? number) => number is 0 ? null : number;

    /// <summary>Returns a copy of an array; null if it is empty.</summary>
    public static float[]? ToNull(float[]? values) => values is null or [] ? null : [.. values];
}
