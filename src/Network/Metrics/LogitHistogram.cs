namespace MlNetNtd;

/// <summary>How much weight of true and of false ones there is in narrow bins of logits: what takes the place of scores too many to hold.</summary>
/// <remarks>
/// A bin is the logits that share sign, exponent and the first 9 bits of the mantissa, so none is wider than 1/512 of what is
/// in it, and bins are in the order of their logits.
/// </remarks>
internal sealed class LogitHistogram
{
    private const int BitsLeftOut = 14;

    /// <summary>How many there are.</summary>
    public const int Bins = 1 << (32 - BitsLeftOut);

    private readonly double[] _true = new double[Bins];
    private readonly double[] _false = new double[Bins];

    /// <summary>The bins that are not empty, in order: number, weight of true ones, weight of false ones.</summary>
    public IEnumerable<(int Bin, double True, double False)> NonEmptyBins
    {
        get
        {
            for (var bin = 0; bin < Bins; bin++)
            {
                if (_true[bin] + _false[bin] > 0)
                    yield return (bin, _true[bin], _false[bin]);
            }
        }
    }

    public void Add(float logit, bool label, double weight) => (label ? _true : _false)[GetBin(logit)] += weight;

    /// <summary>Adds what is in a bin.</summary>
    public void Add(int bin, double weightOfTrue, double weightOfFalse)
    {
        _true[bin] += weightOfTrue;
        _false[bin] += weightOfFalse;
    }

    // The bits of floats are ordered as the floats are, but that the negative ones run backwards and begin with a 1. No logit
    // falls between the two zeros.
    private static int GetBin(float logit)
    {
        var bits = BitConverter.SingleToUInt32Bits(logit == 0 ? 0f : logit);
        return (int)((bits ^ (bits >> 31 == 0 ? 0x8000_0000 : uint.MaxValue)) >> BitsLeftOut);
    }
}
