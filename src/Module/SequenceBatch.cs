using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetNtd;

/// <summary>One batch of a training loop: the combined sequences, the mask, and what goes with them.</summary>
/// <remarks>
/// The batch belongs to whoever enumerates: dispose it when its tensors have been used. They are in no dispose scope
/// and take no part in any gradient.
/// </remarks>
public sealed class SequenceBatch : IDisposable
{
    private readonly Dictionary<string, torch.Tensor> _scalars;
    private readonly torch.Tensor _mask;
    private bool _isMaskOut;

    internal SequenceBatch(
        torch.Tensor sequences, torch.Tensor mask, MaskKind maskKind, torch.Tensor tokenCounts, torch.Tensor? realTokens,
        Dictionary<string, torch.Tensor> scalars)
    {
        Sequences = sequences;
        _mask = mask;
        MaskKind = maskKind;
        TokenCounts = tokenCounts;
        RealTokens = realTokens;
        _scalars = scalars;
    }

    /// <summary>
    /// The combined sequences, (B, 2P, C), Float32. P is T where all rows have T tokens, else the longest row's, or the
    /// stage's MaxTokens where it pads; what stands behind a shorter row's tokens in either half is zero.
    /// </summary>
    public torch.Tensor Sequences { get; }

    /// <summary>
    /// The mask in <see cref="MaskKind"/>: (2P, 2P) where all rows have the same number of tokens, else (B, 2P, 2P).
    /// </summary>
    /// <remarks>
    /// The tensor does not say its kind: hand over the batch itself where a method takes one, or convert the mask first.
    /// <c>DiscriminatorNetwork.forward(sequences, mask)</c> and <c>DiscriminatorLearner.Step(sequences, mask, ...)</c> take
    /// <see cref="MaskKind.Blocked"/> and <see cref="MaskKind.Additive"/>.
    /// </remarks>
    public torch.Tensor Mask
    {
        get
        {
            _isMaskOut = true;
            return _mask;
        }
    }

    /// <summary>How <see cref="Mask"/> is written: the stage's option.</summary>
    public MaskKind MaskKind { get; }

    /// <summary>The number of real tokens of each row, T, (B), Int64.</summary>
    public torch.Tensor TokenCounts { get; }

    /// <summary>
    /// (B, P), Float32: 1 for a real token, 0 for padding; null where nothing is padded. The discriminator's methods take it as
    /// <c>tokens</c>.
    /// </summary>
    public torch.Tensor? RealTokens { get; }

    /// <summary>The scalar columns asked for, by name, each (B).</summary>
    public IReadOnlyDictionary<string, torch.Tensor> Scalars => _scalars;

    /// <summary>B.</summary>
    public int Rows => (int)Sequences.shape[0];

    /// <summary>Whether the mask is that of <see cref="NextTokenMask"/> for these rows. It is made so; a caller who got it may have changed it.</summary>
    internal bool FollowsRule => !_isMaskOut || ValuesFollow();

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

    private bool ValuesFollow()
    {
        using var scope = torch.NewDisposeScope();
        var counts = MemoryMarshal.Cast<byte, long>(TokenCounts.cpu().bytes);
        var (padded, masks) = ((int)(Sequences.shape[1] / 2), _mask.dim() == 3 ? counts.Length : 1);
        var size = NextTokenMask.Count(padded);
        var bytes = _mask.cpu().bytes;
        for (var i = 0; i < masks; i++)
        {
            int tokens;
            var follows = MaskKind == MaskKind.Additive
                ? NextTokenMask.TryMatch(
                    MemoryMarshal.Cast<byte, int>(bytes).Slice(i * size, size), padded, BitConverter.SingleToInt32Bits(float.NegativeInfinity), 0, out tokens)
                : NextTokenMask.TryMatch(
                    MemoryMarshal.Cast<byte, bool>(bytes).Slice(i * size, size), padded, MaskKind == MaskKind.Blocked, MaskKind != MaskKind.Blocked, out tokens);
            if (!follows || tokens != counts[i])
                return false;
        }

        return true;
    }
}
