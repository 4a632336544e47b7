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

    internal SequenceBatch(
        torch.Tensor sequences, torch.Tensor mask, torch.Tensor tokenCounts, Dictionary<string, torch.Tensor> scalars)
    {
        Sequences = sequences;
        Mask = mask;
        TokenCounts = tokenCounts;
        _scalars = scalars;
    }

    /// <summary>
    /// The combined sequences, (B, 2P, C), Float32. P is T where all rows have T tokens, else the longest row's, or the
    /// stage's MaxTokens where it pads; what stands behind a shorter row's tokens in either half is zero.
    /// </summary>
    public torch.Tensor Sequences { get; }

    /// <summary>
    /// The mask in the stage's <see cref="MaskKind"/>: (2P, 2P) where all rows have the same number of tokens, else
    /// (B, 2P, 2P).
    /// </summary>
    public torch.Tensor Mask { get; }

    /// <summary>The number of real tokens of each row, T, (B), Int64.</summary>
    public torch.Tensor TokenCounts { get; }

    /// <summary>The scalar columns asked for, by name, each (B).</summary>
    public IReadOnlyDictionary<string, torch.Tensor> Scalars => _scalars;

    /// <summary>B.</summary>
    public int Rows => (int)Sequences.shape[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        Sequences.Dispose();
        Mask.Dispose();
        TokenCounts.Dispose();
        foreach (var scalar in _scalars.Values)
            scalar.Dispose();
    }
}
