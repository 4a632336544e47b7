using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Converts the mask of a batch to the form that <see cref="DiscriminatorNetwork.forward(Tensor, Tensor?)"/> accepts.
/// </summary>
internal static class BatchMask
{
    /// <summary>Gets the mask of a batch, or null if it follows the next-token rule, which the network computes faster.</summary>
    /// <returns>A tensor that the caller disposes; or null.</returns>
    public static Tensor? FromBatch(SequenceBatch batch)
    {
        if (batch.FollowsRule)
            return null;
        return batch.MaskKind == MaskKind.Allowed ? batch.Mask.logical_not() : batch.Mask.alias();
    }
}
