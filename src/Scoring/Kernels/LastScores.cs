using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Leaves the first values of a vector, whatever stands behind them.</summary>
internal sealed unsafe class LastScores<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    // All bits in the first vector, none in the second: what begins n values before the second one selects n.
    private readonly AlignedBuffer _masks = new(2L * TOps.Count);

    // The largest number and the smallest, likewise.
    private readonly AlignedBuffer _limits = new(2L * TOps.Count);

    public LastScores()
    {
        _masks.Span(TOps.Count).Fill(BitConverter.Int32BitsToSingle(-1));
        _limits.Span(TOps.Count).Fill(float.MaxValue);
        _limits.Span(2 * TOps.Count)[TOps.Count..].Fill(float.MinValue);
    }

    /// <summary>Replaces the values behind the first ones by 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Clear(TVector values, int count) => TOps.And(TOps.Load(_masks.Pointer + TOps.Count - count), values);

    /// <summary>Replaces the values behind the first ones by the smallest number, so that their exponentials are negligible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Lower(TVector values, int count) => TOps.Min(TOps.Load(_limits.Pointer + TOps.Count - count), Clear(values, count));
}
