using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetNtd;

/// <summary>Represents one batch of a training loop: combined sequences, their mask, and the columns that go with them.</summary>
/// <remarks>
/// The code that enumerates batches owns each one and disposes it when done. The tensors are in no dispose scope and record no
/// gradients.
/// </remarks>
public sealed class SequenceBatch : IDisposable
{
    private readonly Dictionary<string, torch.Tensor> _scalars;
    private readonly torch.Tensor _mask;
    private bool _isMaskExposed;

    internal SequenceBatch(
        torch.Tensor sequences, torch.Tensor mask, MaskKind maskKind, torch.Tensor tokenCounts, torch.Tensor? realTokens,
        Dictionary<string, torch.Tensor> scalars, int candidatesPerToken)
    {
        Sequences = sequences;
        _mask = mask;
        MaskKind = maskKind;
        TokenCounts = tokenCounts;
        RealTokens = realTokens;
        _scalars = scalars;
        CandidatesPerToken = candidatesPerToken;
    }

    /// <summary>
    /// Gets the combined sequences, (B, P + K * P, C), Float32. P is the longest row's number of tokens, or MaxTokens if the transform
    /// pads. Positions behind a shorter row's tokens are zero in either half.
    /// </summary>
    public torch.Tensor Sequences { get; }

    /// <summary>Gets K, the number of candidates of each token, as set in the transform's options: 1, unless you ask for more.</summary>
    public int CandidatesPerToken { get; }

    /// <summary>
    /// Gets the mask in the format of <see cref="MaskKind"/>: (P + K * P, P + K * P) if all rows have the same number of tokens,
    /// otherwise (B, P + K * P, P + K * P).
    /// </summary>
    /// <remarks>
    /// The tensor does not carry its kind: pass the batch itself where a method accepts one, or convert the mask first.
    /// <c>DiscriminatorNetwork.forward(sequences, mask)</c> and <c>DiscriminatorLearner.Step(sequences, mask, ...)</c> accept <see
    /// cref="MaskKind.Blocked"/> and <see cref="MaskKind.Additive"/>.
    /// </remarks>
    public torch.Tensor Mask
    {
        get
        {
            _isMaskExposed = true;
            return _mask;
        }
    }

    /// <summary>Gets the kind of <see cref="Mask"/>, as set in the transform's options.</summary>
    public MaskKind MaskKind { get; }

    /// <summary>Gets T, the number of real tokens of each row, (B), Int64.</summary>
    public torch.Tensor TokenCounts { get; }

    /// <summary>
    /// Gets the padding mask, (B, P), Float32: 1 for a real token, 0 for padding; null if nothing is padded. The discriminator's
    /// methods take it as <c>tokens</c>.
    /// </summary>
    public torch.Tensor? RealTokens { get; }

    /// <summary>Gets the requested scalar columns by name, each (B).</summary>
    public IReadOnlyDictionary<string, torch.Tensor> Scalars => _scalars;

    /// <summary>Gets B, the number of rows.</summary>
    public int Rows => (int)Sequences.shape[0];

    /// <summary>
    /// Gets whether the mask is the one that <see cref="NextTokenMask"/> defines for these rows. Its values are compared only if a
    /// caller has read <see cref="Mask"/> and so may have changed it.
    /// </summary>
    public bool FollowsRule => !_isMaskExposed || MaskMatchesRule();

    /// <inheritdoc/>
    public void Dispose()
    {
        Sequences.Dispose();
        _mask.Dispose();
        TokenCounts.Dispose();
        RealTokens?.Dispose();
        foreach (var scalar in _scalars.Values)
            scalar.Dispose();
    }

    private bool MaskMatchesRule()
    {
        using var scope = torch.NewDisposeScope();
        var counts = MemoryMarshal.Cast<byte, long>(TokenCounts.cpu().bytes);
        var (padded, masks) = ((int)(Sequences.shape[1] / (1 + CandidatesPerToken)), _mask.dim() == 3 ? counts.Length : 1);
        var size = NextTokenMask.Count(padded, CandidatesPerToken);
        var bytes = _mask.cpu().bytes;
        for (var i = 0; i < masks; i++)
        {
            int tokens;
            var matches = MaskKind == MaskKind.Additive
                ? NextTokenMask.TryMatch(
                    MemoryMarshal.Cast<byte, int>(bytes).Slice(i * size, size), padded, BitConverter.SingleToInt32Bits(float.NegativeInfinity), 0, out tokens,
                    CandidatesPerToken)
                : NextTokenMask.TryMatch(
                    MemoryMarshal.Cast<byte, bool>(bytes).Slice(i * size, size), padded, MaskKind == MaskKind.Blocked, MaskKind != MaskKind.Blocked, out tokens,
                    CandidatesPerToken);
            if (!matches || tokens != counts[i])
                return false;
        }

        return true;
    }
}
