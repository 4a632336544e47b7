namespace MlNetNtd;

/// <summary>
/// Counts the weight of real and generated rows or tokens in narrow bins of logits, when there are too many scores to keep.
/// </summary>
/// <remarks>
/// A bin contains the logits that share sign, exponent and the first 9 bits of the mantissa. So no bin is wider than 1/512 of its
/// logits, and bins are in the order of their logits.
/// </remarks>
internal sealed class LogitHistogram
{
    private const int DroppedBits = 14;

    /// <summary>The number of bins.</summary>
    public const int Bins = 1 << (32 - DroppedBits);

    private readonly double[] _real = new double[Bins];
    private readonly double[] _generated = new double[Bins];

    /// <summary>Gets the bins that are not empty, in order.</summary>
    public IEnumerable<(int Index, double Real, double Generated)> NonEmptyBins
    {
        get
        {
            for (var bin = 0; bin < Bins; bin++)
            {
                if (_real[bin] + _generated[bin] > 0)
                    yield return (bin, _real[bin], _generated[bin]);
            }
        }
    }

    public void Add(float logit, bool label, double weight) => (label ? _real : _generated)[GetBin(logit)] += weight;

    /// <summary>Adds weight to a bin.</summary>
    public void Add(int bin, double realWeight, double generatedWeight)
    {
        _real[bin] += realWeight;
        _generated[bin] += generatedWeight;
    }

    /// <summary>Gets the logit in the middle of a bin.</summary>
    public static float GetLogit(int bin)
    {
        var bits = ((uint)bin << DroppedBits) + (1u << (DroppedBits - 1));
        return BitConverter.UInt32BitsToSingle(bits ^ (bits >> 31 == 0 ? uint.MaxValue : 0x8000_0000));
    }

    // The bits of floats are in the order of the floats, except that negative ones are reversed and begin with a 1. Both zeros go
    // to one bin.
    private static int GetBin(float logit)
    {
        var bits = BitConverter.SingleToUInt32Bits(logit == 0 ? 0f : logit);
        return (int)((bits ^ (bits >> 31 == 0 ? 0x8000_0000 : uint.MaxValue)) >> DroppedBits);
    }
}
