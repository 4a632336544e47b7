using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The mask of a batch as <see cref="DiscriminatorNetwork.forward(Tensor, Tensor?)"/> takes one: by its kind.</summary>
internal static class BatchMask
{
    /// <summary>Null where it is the next-token rule's, at whose speed the network then computes.</summary>
    /// <returns>The caller's.</returns>
    public static Tensor? FromBatch(SequenceBatch batch)
    {
        if (batch.FollowsRule)
            return null;
        return batch.MaskKind == MaskKind.Allowed ? batch.Mask.logical_not() : batch.Mask.alias();
    }
}
