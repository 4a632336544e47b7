using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace MlNetNtd;

/// <summary>A <see cref="ScoreTally"/> as plain values.</summary>
/// <param name="Count">How many rows or tokens were added.</param>
/// <param name="Positives">How many of them are true.</param>
/// <param name="Loss">The sum of their losses, each by its weight.</param>
/// <param name="Right">The weight of those on the right side.</param>
/// <param name="Weight">The weight of all.</param>
internal sealed record TallyState(long Count, long Positives, double Loss, double Right, double Weight)
{
    /// <summary>Where scores are held: logit, label (1 or 0) and weight of each, one after another.</summary>
    public float[] Scores { get; init; } = [];

    /// <summary>Where they are too many: the bins that are not empty.</summary>
    [JsonIgnore]
    public (int Bin, double True, double False)[] Bins { get; init; } = [];

    /// <summary>The bins as 32-bit words, which a checkpoint's arrays are made of.</summary>
    public float[] BinWords
    {
        get
        {
            var words = new float[Bins.Length * WordsABin];
            for (var i = 0; i < Bins.Length; i++)
            {
                var place = words.AsSpan(i * WordsABin, WordsABin);
                MemoryMarshal.Cast<float, int>(place)[0] = Bins[i].Bin;
                MemoryMarshal.Write(MemoryMarshal.AsBytes(place[1..]), Bins[i].True);
                MemoryMarshal.Write(MemoryMarshal.AsBytes(place[3..]), Bins[i].False);
            }

            return words;
        }

        init => Bins = BinsOf(value);
    }

    private const int WordsABin = 5;

    private static (int Bin, double True, double False)[] BinsOf(ReadOnlySpan<float> words)
    {
        var bins = new (int, double, double)[words.Length / WordsABin];
        for (var i = 0; i < bins.Length; i++)
        {
            var place = MemoryMarshal.AsBytes(words.Slice(i * WordsABin, WordsABin));
            bins[i] = (MemoryMarshal.Read<int>(place), MemoryMarshal.Read<double>(place[4..]), MemoryMarshal.Read<double>(place[12..]));
        }

        return bins;
    }
}
