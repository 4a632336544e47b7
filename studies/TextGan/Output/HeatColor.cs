using Spectre.Console;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The colour of a probability: red for 0, yellow for a half, green for 1. Black is readable on all of them.</summary>
internal static class HeatColor
{
    private static readonly Color Low = new(240, 110, 100);
    private static readonly Color Middle = new(245, 220, 120);
    private static readonly Color High = new(120, 205, 130);

    public static Color Of(double probability) => probability < 0.5
        ? Between(Low, Middle, Math.Max(0, probability) * 2)
        : Between(Middle, High, Math.Min(1, probability) * 2 - 1);

    private static Color Between(Color from, Color to, double share) =>
        new(Channel(from.R, to.R, share), Channel(from.G, to.G, share), Channel(from.B, to.B, share));

    private static byte Channel(byte from, byte to, double share) => (byte)Math.Round(from + (to - from) * share);
}
