using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>One choice of the addresses of all buffers of a comparison.</summary>
/// <remarks>
/// <para>
/// The speed of a copy depends on where its buffers lie. .NET copies more than some kilobytes with the C library's memmove, which on
/// x86 uses the instruction <c>rep movsb</c> for a range of sizes. On an AMD EPYC of the Zen 5 generation a copy of 32 KiB and more takes
/// 1.3 to 1.8 times as long if the destination lies 8 to 56 bytes after the source modulo a page of 4,096 bytes
/// (docs/evidence/measurements.md).
/// </para>
/// <para>
/// .NET's arrays meet this case often: arrays of 32 or 64 KiB that are allocated back to back start 48 bytes apart modulo a page.
/// A comparison in one placement would measure luck.
/// </para>
/// </remarks>
internal sealed class Placement
{
    private const int PageBytes = 4096;
    private const int ArrayAlignment = 8;

    // .NET allocates larger arrays in another heap, which only arrays of this size move.
    private const int LargeArrayBytes = 85_000;

    private readonly Random? _random;

    // They must live as long as the buffers: a compaction would close the gaps.
    private readonly List<byte[]> _gaps = [];

    private Placement(Random? random) => _random = random;

    /// <summary>Creates a placement without gaps: buffers lie back to back, as in a program that allocates them together.</summary>
    public static Placement BackToBack() => new(null);

    /// <summary>Creates a placement with gaps of random sizes.</summary>
    public static Placement Shuffle(int seed) => new(new Random(seed));

    /// <summary>Moves the buffers that are allocated next, by a random part of a page.</summary>
    public void MoveNext()
    {
        if (_random is null)
            return;
        _gaps.Add(new byte[NextGap()]);
        _gaps.Add(new byte[LargeArrayBytes + NextGap()]);
    }

    /// <summary>Allocates the output buffers of a row.</summary>
    public Outputs CreateOutputs(Shape shape)
    {
        MoveNext();
        var combined = new float[2 * shape.HalfValues];
        MoveNext();
        var mask = new bool[NextTokenMask.Count(shape.Tokens)];
        MoveNext();
        return new Outputs { Combined = new VBuffer<float>(combined.Length, combined), Mask = new VBuffer<bool>(mask.Length, mask) };
    }

    private int NextGap() => ArrayAlignment * _random!.Next(PageBytes / ArrayAlignment);
}
