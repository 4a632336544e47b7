using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace MlNetNtd;

/// <summary>A <see cref="BinaryMetricsAccumulator"/> as plain values.</summary>
/// <param name="Count">How many rows or tokens were added.</param>
/// <param name="Positives">How many of them are true.</param>
/// <param name="Loss">The sum of their losses, each by its weight.</param>
/// <param name="Correct">The weight of those on the right side.</param>
/// <param name="Weight">The weight of all.</param>
internal sealed record BinaryMetricsState(long Count, long Positives, double Loss, double Correct, double Weight)
{
    /// <summary>What the losses' mean divides by: the weight of all, or where the loss is that of tokens and rows are judged, of their tokens.</summary>
    public double LossWeight { get; init; }

    /// <summary>Where scores are held: logit, label (1 or 0) and weight of each, one after another.</summary>
    public float[] Scores { get; init; } = [];

    /// <summary>Where they are too many: the bins that are not empty.</summary>
    [JsonIgnore]
    public (int Bin, double True, double False)[] Bins { get; init; } = [];

    /// <summary>The bins as 32-bit words, which a checkpoint's arrays are made of.</summary>
    public float[] PackedBins
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

        init => (Bins, BinWordsLeft) = (BinsOf(value), value.Length % WordsABin);
    }

    // Of words that are not whole bins.
    [JsonIgnore]
    private int BinWordsLeft { get; init; }

    private const int WordsABin = 5;
    private const int FloatsAScore = 3;

    /// <summary>What is wrong with it, which may come from a file; null when nothing is.</summary>
    public string? FindProblem()
    {
        if (Count < 0 || Positives < 0 || Positives > Count)
            return $"expected 0 true ones or more among those that were judged, found {Positives} of {Count}";
        foreach (var (name, sum) in new[] { ("losses", Loss), ("weights", Weight), ("weights of losses", LossWeight), ("weights on the right side", Correct) })
        {
            if (!(sum >= 0 && double.IsFinite(sum)))
                return FormattableString.Invariant($"expected a sum of {name} of 0 or more, found {sum}");
        }

        // Sums of the same weights in two orders.
        if (Correct > Weight * (1 + 1e-6))
            return FormattableString.Invariant($"expected weights on the right side of at most {Weight}, found {Correct}");
        if (Bins.Length > 0 ? Scores.Length > 0 : Scores.Length != FloatsAScore * Count)
            return $"expected {(Bins.Length > 0 ? 0 : FloatsAScore * Count)} numbers of scores, found {Scores.Length}";
        return FindScoreProblem() ?? FindBinProblem();
    }

    private string? FindScoreProblem()
    {
        for (var i = 0; i < Scores.Length; i += FloatsAScore)
        {
            var (logit, label, weight) = (Scores[i], Scores[i + 1], Scores[i + 2]);
            if (!float.IsFinite(logit) || label is not (0 or 1) || !(weight >= 0 && float.IsFinite(weight)))
                return FormattableString.Invariant($"score {i / FloatsAScore}: expected a finite logit, a label of 0 or 1 and a weight of 0 or more, found {logit}, {label}, {weight}");
        }

        return null;
    }

    private string? FindBinProblem()
    {
        if (BinWordsLeft > 0)
            return $"expected {WordsABin} words a bin, found {BinWordsLeft} more";
        var last = -1;
        foreach (var (bin, weightOfTrue, weightOfFalse) in Bins)
        {
            if (bin <= last || bin >= LogitHistogram.Bins)
                return $"expected bins from 0 to {LogitHistogram.Bins - 1} in order, found {bin} behind {last}";
            if (!(weightOfTrue >= 0 && weightOfFalse >= 0 && double.IsFinite(weightOfTrue + weightOfFalse)))
                return FormattableString.Invariant($"bin {bin}: expected weights of 0 or more, found {weightOfTrue} and {weightOfFalse}");
            last = bin;
        }

        return null;
    }

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
