namespace MlNetNtd;

/// <summary>
/// Options are written down, as JSON most often, and what writes them may leave nulls out. So every option that can say
/// "none" has a value for it that survives: an empty name, 0, no values. Null says the same.
/// </summary>
internal static class UnsetValue
{
    /// <summary>A name; null where it is empty.</summary>
    public static string? ToNull(string? name) => name is "" ? null : name;

    /// <summary>A number; null where it is 0.</summary>
    public static int? ToNull(int? number) => number is 0 ? null : number;

    /// <summary>A number; null where it is 0.</summary>
    public static long? ToNull(long? number) => number is 0 ? null : number;

    /// <summary>A number; null where it is 0.</summary>
    public static double? ToNull(double? number) => number is 0 ? null : number;

    /// <summary>A copy of values; null where there are none.</summary>
    public static float[]? ToNull(float[]? values) => values is null or [] ? null : [.. values];
}
