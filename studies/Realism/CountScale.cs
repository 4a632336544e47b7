namespace MlNetNtd.Studies.Realism;

/// <summary>The scale on which counts are compared: the logarithm of 1 plus the count.</summary>
internal static class CountScale
{
    /// <summary>Converts a count.</summary>
    public static double FromCount(long count) => Math.Log(1.0 + count);

    /// <summary>Returns the nearest count, at least 0.</summary>
    public static long ToCount(double value) => Math.Max(0, (long)Math.Round(Math.Min(Math.Exp(value) - 1, long.MaxValue / 2)));

    /// <summary>Moves a value to that of the nearest count: a value that no count has would give a synthetic step away.</summary>
    public static double Round(double value) => FromCount(ToCount(value));
}
