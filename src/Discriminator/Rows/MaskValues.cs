namespace MlNetNtd;

/// <summary>Turns Boolean masks into those that are added to the scores.</summary>
internal static class MaskValues
{
    public static float[] Additive(ReadOnlySpan<bool> mask, bool trueBlocks)
    {
        var values = new float[mask.Length];
        Additive(mask, trueBlocks, values);
        return values;
    }

    public static void Additive(ReadOnlySpan<bool> mask, bool trueBlocks, Span<float> values)
    {
        for (var i = 0; i < mask.Length; i++)
            values[i] = mask[i] == trueBlocks ? float.NegativeInfinity : 0f;
    }
}
